/** The engine over files in memory: modules, headers, neighbours, edits, settings, failures. */
import { describe, expect, it } from 'vitest';
import { analyseModule } from '../../../server/src/analysis/analyse.ts';
import type { ModuleInput } from '../../../server/src/analysis/model.ts';
import type { Settings } from '../../../server/src/engine/api.ts';
import { emptyStats } from '../../../server/src/engine/api.ts';
import { createEngine } from '../../../server/src/engine/engine.ts';
import { createMemoryHost, grammars, openTree } from '../../support/engine.ts';
import { SAMPLE_DRIVER } from '../../support/sample-driver.ts';

const TREE = { '/tree/MAINTAINERS': '', '/tree/Kbuild': '' };
const FOO = '/tree/d/foo.c';

const filesOf = (files: Readonly<Record<string, string>>) => new Map(Object.entries({ ...TREE, ...files }));

async function rulesIn(files: Readonly<Record<string, string>>, settings: Partial<Settings> = {}) {
  const engine = await openTree(filesOf(files), settings);
  return (await engine.checkFile(FOO)).findings.map(({ rule, severity }) => `${rule} ${severity}`);
}

/** What the analysis is given for a file. */
async function inputFor(path: string, files: Readonly<Record<string, string>>): Promise<ModuleInput> {
  let seen: ModuleInput | undefined;
  const engine = await createEngine({
    host: createMemoryHost(filesOf(files)),
    grammars,
    analyse: (input, knowledge) => {
      seen = input;
      return analyseModule(input, knowledge);
    },
  });
  await engine.addRoot('/tree');
  await engine.checkFile(path);
  if (seen === undefined) throw new Error('nothing was analysed');
  return seen;
}

const pathsOf = (units: ModuleInput['units']): readonly string[] => units.map((unit) => unit.path);

describe('the module of a file', () => {
  const files = {
    '/tree/d/Makefile': 'obj-m += foo.o other.o\nfoo-y := a.o b.o\nccflags-y += -I$(src)/inc',
    '/tree/d/a.c': '#include "foo.h"\n#include <linux/fs.h>\n#include <deep.h>\nvoid a(void)\n{\n\tshared_call();\n}\n',
    '/tree/d/b.c': 'int b(void)\n{\n\treturn 0;\n}\nEXPORT_SYMBOL_GPL(b);\n',
    '/tree/d/foo.h': '#include "sub/more.h"\n',
    '/tree/d/sub/more.h': '#include "../foo.h"\nstruct more { int x; };\n',
    '/tree/d/inc/deep.h': 'struct deep { int x; };\n',
    '/tree/d/other.c': 'void other(void)\n{\n\tb();\n}\n',
    '/tree/d/third.c': 'void shared_call(void)\n{\n}\nEXPORT_SYMBOL(shared_call);\n',
    '/tree/d/fourth.c': 'static void shared_call2(void)\n{\n}\n',
  };

  it('has its files, its headers, and the neighbours that share functions with it', async () => {
    const input = await inputFor('/tree/d/a.c', files);
    expect(input.name).toBe('foo');
    expect(pathsOf(input.units)).toEqual(['/tree/d/a.c', '/tree/d/b.c']);
    expect(pathsOf(input.headers)).toEqual(['/tree/d/foo.h', '/tree/d/inc/deep.h', '/tree/d/sub/more.h']);
    expect(pathsOf(input.neighbours)).toEqual(['/tree/d/third.c', '/tree/d/other.c']);
    expect(input.builtin).toBe(false);
  });

  it('is found from a header too', async () => {
    expect(pathsOf((await inputFor('/tree/d/foo.h', files)).units)).toEqual(['/tree/d/a.c', '/tree/d/b.c']);
  });

  it('without a Kbuild is the file, with the files that define what it calls', async () => {
    const input = await inputFor('/tree/x/a.c', {
      '/tree/x/a.c': 'void a(void)\n{\n\thelper();\n}\n',
      '/tree/x/b.c': 'int helper(void)\n{\n\treturn 1;\n}\n',
      '/tree/x/c.c': 'static int helper(void)\n{\n\treturn 1;\n}\n',
    });
    expect(pathsOf(input.units)).toEqual(['/tree/x/a.c']);
    expect(pathsOf(input.neighbours)).toEqual(['/tree/x/b.c']);
  });
});

describe('an open document', () => {
  it('hides the file, takes edits, and gives way when it is closed', async () => {
    const engine = await openTree(filesOf({ [FOO]: 'int a;\n' }));
    expect((await engine.checkFile(FOO)).findings).toEqual([]);
    engine.openDocument(FOO, SAMPLE_DRIVER, 1);
    const opened = await engine.checkFile(FOO);
    expect(opened.findings.length).toBeGreaterThan(0);
    const at = SAMPLE_DRIVER.indexOf('readl(foo->regs)');
    engine.changeDocument(
      FOO,
      [
        { span: { start: 0, end: 0 }, text: '// new\n' },
        { span: { start: at + 7, end: at + 7 }, text: ' ' },
      ],
      2,
    );
    expect(engine.text(FOO)).toBe(`// new\n${SAMPLE_DRIVER.slice(0, at)} ${SAMPLE_DRIVER.slice(at)}`);
    expect(engine.documentVersion(FOO)).toBe(2);
    const edited = await engine.checkFile(FOO);
    expect(edited.findings.map(({ text }) => text)).toEqual(opened.findings.map(({ text }) => text));
    expect(edited.findings[0]?.at.span.start).not.toBe(opened.findings[0]?.at.span.start);
    expect(edited.resultId).not.toBe(opened.resultId);
    engine.closeDocument(FOO);
    expect((await engine.checkFile(FOO)).findings).toEqual([]);
  });

  it('after edits gives what a fresh engine gives', async () => {
    const engine = await openTree(filesOf({ [FOO]: SAMPLE_DRIVER }));
    engine.openDocument(FOO, SAMPLE_DRIVER, 1);
    await engine.checkFile(FOO);
    let text = SAMPLE_DRIVER;
    for (const [index, word] of ['devm_kzalloc', 'foo->regs', 'return ret;', '\t.read = foo_read,\n', '}'].entries()) {
      const start = text.lastIndexOf(word);
      const span = { start, end: start + word.length };
      engine.changeDocument(FOO, [{ span, text: '' }], 2 * index + 2);
      text = text.slice(0, start) + text.slice(span.end);
      const fresh = await openTree(filesOf({ [FOO]: text }));
      expect(await engine.checkFile(FOO)).toEqual(await fresh.checkFile(FOO));
    }
  });

  it('of another module is seen by its neighbours', async () => {
    const seen: (readonly string[])[] = [];
    const engine = await createEngine({
      host: createMemoryHost(filesOf({ '/tree/x/a.c': 'void a(void)\n{\n\thelper();\n}\n', '/tree/x/b.c': '' })),
      grammars,
      analyse: (input, knowledge) => {
        seen.push(pathsOf(input.neighbours));
        return analyseModule(input, knowledge);
      },
    });
    await engine.addRoot('/tree');
    await engine.checkFile('/tree/x/a.c');
    engine.openDocument('/tree/x/b.c', 'int helper(void)\n{\n\treturn 1;\n}\n', 1);
    await engine.checkFile('/tree/x/a.c');
    engine.changeDocument('/tree/x/b.c', [{ text: 'int other;\n' }], 2);
    await engine.checkFile('/tree/x/a.c');
    expect(seen).toEqual([[], ['/tree/x/b.c'], []]);
  });

  it('that lies in no folder is checked alone', async () => {
    const engine = await openTree(filesOf({}));
    engine.openDocument('untitled:Untitled-1', SAMPLE_DRIVER, 1);
    expect((await engine.checkFile('untitled:Untitled-1')).findings.length).toBeGreaterThan(0);
  });

  it('can be anything', async () => {
    const engine = await openTree(filesOf({}));
    for (const text of [
      '',
      '}}}}',
      '/*',
      '"',
      '#if',
      'int f(',
      SAMPLE_DRIVER.slice(0, 700),
      '\uFEFFint a;',
      '\r\n\r\n',
    ]) {
      engine.openDocument(FOO, text, 1);
      expect((await engine.checkFile(FOO)).file).toBe(FOO);
    }
  });
});

describe('settings', () => {
  it('shift levels by rule and by trigger', async () => {
    const files = { [FOO]: SAMPLE_DRIVER };
    const plain = await rulesIn(files);
    expect(plain).toContain('unfenced-unregister warning');
    expect(await rulesIn(files, { severity: { 'unfenced-unregister': 'error' } })).toContain(
      'unfenced-unregister error',
    );
    expect((await rulesIn(files, { severity: { 'unfenced-unregister': 'off' } })).join()).not.toContain(
      'unfenced-unregister',
    );
    const softened = await rulesIn(files, { triggerSeverity: { 'sysfs-unbind': 'hint', 'module-unload': 'hint' } });
    expect(softened).toContain('unfenced-unregister hint');
    const off = await rulesIn(files, { triggerSeverity: { 'sysfs-unbind': 'off', 'module-unload': 'off' } });
    expect(off.join()).not.toContain('unfenced-unregister');
  });

  it('of the root count before defaults, and given ones before those', async () => {
    const files = filesOf({
      [FOO]: SAMPLE_DRIVER,
      '/tree/.revsafe.json': '{ "severity": { "unfenced-unregister": "off" }, "api": "F2" }',
    });
    const engine = await createEngine({ host: createMemoryHost(files), grammars });
    const root = await engine.addRoot('/tree', { api: 'G4' });
    expect(root.problems).toEqual([]);
    expect(root.settings).toMatchObject({ api: 'G4', severity: { 'unfenced-unregister': 'off' } });
    expect(engine.rootOf(FOO)?.path).toBe('/tree');
    expect(engine.rootOf('/treehouse/foo.c')).toBeUndefined();
  });

  it('may not read contracts from outside the root', async () => {
    const files = filesOf({ '/tree/.revsafe.json': '{ "contracts": ["../etc/x.json"] }' });
    const engine = await createEngine({ host: createMemoryHost(files), grammars });
    expect((await engine.addRoot('/tree')).problems).toEqual(['../etc/x.json: contract files must lie inside /tree']);
  });
});

describe('which modules a batch run parses', () => {
  const video = (release: string) => `#include <media/v4l2-dev.h>
static int foo_release(struct file *file) { return 0; }
static const struct v4l2_file_operations foo_fops = { .release = ${release} };
int foo_add(struct device *dev, struct video_device *vdev)
{
	vdev->priv = devm_kzalloc(dev, 8, GFP_KERNEL);
	vdev->fops = &foo_fops;
	return video_register_device(vdev, VFL_TYPE_VIDEO, -1);
}
`;
  const selected = async (files: Readonly<Record<string, string>>, path: string): Promise<readonly string[]> => {
    const engine = await openTree(filesOf(files), {});
    const options = { rules: ['unfenced-unregister'] };
    const plans = await engine.planTree([path], [], emptyStats());
    return engine.selectPlans(plans, await engine.scanPlans(plans, options), options, []).map((plan) => plan.name);
  };

  it('not those whose tables hold the functions of a core only', async () => {
    expect(await selected({ [FOO]: video('foo_release') }, FOO)).toEqual(['foo']);
    expect(await selected({ [FOO]: video('vb2_fop_release') }, FOO)).toEqual([]);
  });

  it('those that may take a table from a file beside them, whatever was asked for', async () => {
    const files = {
      [FOO]: video('vb2_fop_release'),
      '/tree/d/common.c': 'struct t t = { .release = common_release };\n',
    };
    expect(await selected(files, FOO)).toEqual(['foo']);
    expect(await selected(files, '/tree/d')).toEqual(['foo']);
  });

  it('not those that only hand a core what it runs itself', async () => {
    const text =
      'int foo_add(struct snd_card *card)\n{\n\tsnd_card_disconnect(card);\n\treturn snd_card_register(card);\n}\n';
    expect(await selected({ [FOO]: text }, FOO)).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('in one module does not stop the others', async () => {
    const files = filesOf({ '/tree/d/bad.c': SAMPLE_DRIVER, '/tree/d/good.c': SAMPLE_DRIVER });
    const engine = await createEngine({
      host: createMemoryHost(files),
      grammars,
      analyse: (input, knowledge) => {
        if (input.name === 'bad') throw new Error('broken');
        return analyseModule(input, knowledge);
      },
    });
    await engine.addRoot('/tree');
    const failures: Parameters<typeof engine.checkTree>[2] = [];
    const stats = emptyStats();
    const modules: string[] = [];
    for await (const report of engine.checkTree(['/tree/d'], {}, failures, stats)) modules.push(report.module);
    expect(modules).toEqual(['good']);
    expect(failures).toMatchObject([
      { file: '/tree/d/bad.c', internal: true, reason: expect.stringContaining('broken') },
    ]);
    expect(stats).toMatchObject({ files: 2, parsed: 1, modules: 1 });
  });

  it('in one rule drops only its findings, and is said', async () => {
    const good = (await openTree(filesOf({}))).rules;
    const rules = good.map((rule) =>
      rule.id !== 'missing-fops-owner'
        ? rule
        : {
            ...rule,
            run: () => {
              throw new Error('broken rule');
            },
          },
    );
    const engine = await createEngine({ host: createMemoryHost(filesOf({ [FOO]: SAMPLE_DRIVER })), grammars, rules });
    const report = await engine.checkFile(FOO);
    expect(report.findings.map(({ rule }) => rule)).toContain('unfenced-unregister');
    expect(report.notes).toMatchObject([{ kind: 'failure', reason: expect.stringContaining('broken rule') }]);
  });

  it('stops at once when it is cancelled', async () => {
    const engine = await openTree(filesOf({ [FOO]: SAMPLE_DRIVER }));
    await expect(engine.checkFile(FOO, { isCancellationRequested: true })).rejects.toThrow('cancelled');
  });
});
