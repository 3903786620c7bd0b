import { arg, contracts, inTree, pointee } from '../schema.ts';

/**
 * Sound cards.
 */
export const sound = contracts({
  header: 'sound/core.h',
  functions: [
    {
      name: 'snd_card_new',
      prototype:
        'int snd_card_new(struct device *parent, int idx, const char *xid, struct module *module, int extra_size, struct snd_card **card_ret)',
      does: [
        { verb: 'allocates', what: 'device', into: pointee(5), owner: 'caller', device: arg(0), privateSize: arg(4) },
      ],
      summary: 'Allocates a sound card; it is refcounted by its open files.',
      evidence: [inTree('6.12', 'sound/core/init.c')],
    },
    {
      name: 'snd_devm_card_new',
      prototype:
        'int snd_devm_card_new(struct device *parent, int idx, const char *xid, struct module *module, size_t extra_size, struct snd_card **card_ret)',
      does: [
        {
          verb: 'allocates',
          what: 'device',
          into: pointee(5),
          owner: 'devres',
          device: arg(0),
          privateSize: arg(4),
          unregisters: 'sound',
        },
      ],
      summary:
        'Allocates a sound card; when the device is unbound it is freed, which waits until all files are closed.',
      evidence: [inTree('6.12', 'sound/core/init.c')],
    },
    {
      name: 'snd_card_register',
      prototype: 'int snd_card_register(struct snd_card *card)',
      does: [{ verb: 'publishes', node: 'sound', on: arg(0), when: 'zero' }],
      summary: 'Makes a sound card visible; its callbacks can run from here on.',
      evidence: [inTree('6.12', 'sound/core/init.c')],
    },
    {
      name: 'snd_card_disconnect',
      prototype: 'void snd_card_disconnect(struct snd_card *card)',
      does: [
        { verb: 'unpublishes', node: 'sound', on: arg(0), fence: { verdict: 'blocks-new-only' } },
        { verb: 'maySleep' },
      ],
      summary: 'Replaces the operations of every open file by stubs; operations in progress are not waited for.',
      duty: 'Stop transfers in the dev_disconnect() callback; follow with snd_card_free_when_closed().',
      evidence: [inTree('6.12', 'sound/core/init.c'), inTree('7.2', 'sound/core/init.c')],
    },
    {
      name: 'snd_card_disconnect_sync',
      prototype: 'void snd_card_disconnect_sync(struct snd_card *card)',
      does: [
        { verb: 'unpublishes', node: 'sound', on: arg(0), fence: { verdict: 'drains-close' } },
        { verb: 'waits', for: 'user' },
      ],
      summary: 'As snd_card_disconnect(), then waits until every file is closed.',
      duty: 'Hangs when called with a lock held that release() takes.',
      evidence: [inTree('6.12', 'sound/core/init.c'), inTree('7.2', 'sound/core/init.c')],
    },
    {
      name: 'snd_card_free',
      prototype: 'void snd_card_free(struct snd_card *card)',
      does: [
        { verb: 'unpublishes', node: 'sound', on: arg(0), fence: { verdict: 'drains-close', drainsOpen: true } },
        { verb: 'frees', what: 'device', on: arg(0) },
        { verb: 'waits', for: 'user' },
      ],
      summary: 'Disconnects the card, waits until every file is closed, and frees it.',
      alternative: 'snd_card_free_when_closed() on hot-unplug',
      evidence: [inTree('6.12', 'sound/core/init.c'), inTree('7.2', 'sound/core/init.c')],
    },
    {
      name: 'snd_card_free_when_closed',
      prototype: 'void snd_card_free_when_closed(struct snd_card *card)',
      does: [
        { verb: 'unpublishes', node: 'sound', on: arg(0), fence: { verdict: 'blocks-new-only' } },
        { verb: 'dropsRef', what: 'device', on: arg(0) },
        { verb: 'maySleep' },
      ],
      summary: 'Disconnects the card and frees it when its last file is closed; waits for nobody.',
      duty: 'private_free() runs later: what it uses must live until then.',
      evidence: [inTree('6.12', 'sound/core/init.c')],
    },
    {
      name: 'snd_device_new',
      prototype:
        'int snd_device_new(struct snd_card *card, enum snd_device_type type, void *device_data, const struct snd_device_ops *ops)',
      does: [{ verb: 'links', container: arg(0), entry: arg(2) }, { verb: 'maySleep' }],
      summary: 'Adds a component to a card; its callbacks come from the operations.',
      evidence: [inTree('6.12', 'sound/core/device.c')],
    },
    {
      name: 'snd_power_ref_and_wait',
      aliases: ['snd_power_wait'],
      prototype: 'int snd_power_ref_and_wait(struct snd_card *card)',
      does: [{ verb: 'waits', for: 'condition', interruptible: true }],
      summary: 'Sleeps until the card has power, or is gone.',
      evidence: [inTree('6.12', 'sound/core/init.c')],
    },
  ],
  patterns: [
    {
      pattern:
        '(?:snd_(?!card_(new|register|disconnect|free)|devm_card_new|device_new|power_)\\w+|devm_snd_\\w+|pcm_\\w+|params_\\w+|hda_\\w+|hdac_\\w+|ump_\\w+|asoc_\\w+)(?<!(?:alloc|create|register|free|destroy|remove|release|cleanup|lock)(?:[^a-z]\\w*)?)',
      does: [{ verb: 'nothing' }],
      summary: 'Helpers of the sound core.',
      evidence: [inTree('6.12', 'include/sound/core.h')],
    },
  ],
  tables: [
    {
      struct: 'struct snd_device_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/sound/core.h')],
    },
    {
      struct: 'struct snd_pcm_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/sound/pcm.h')],
    },
    {
      struct: 'struct snd_rawmidi_ops',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/sound/rawmidi.h')],
    },
    {
      struct: 'struct snd_hwdep_ops',
      roles: {
        open: { context: 'open' },
        release: { context: 'release', alwaysRuns: true },
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/sound/hwdep.h')],
    },
    {
      struct: 'struct snd_kcontrol_new',
      roles: {
        '*': { context: 'subsystem-callback' },
      },
      evidence: [inTree('6.12', 'include/sound/control.h')],
    },
  ],
});
