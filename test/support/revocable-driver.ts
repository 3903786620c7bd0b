/**
 * One small driver, spelled for any generation of the revocable API: a misc device whose read goes through a section.
 * Each flaw changes one thing of it, so that every rule has a right and a wrong version in every generation.
 */
import type {
  RevocableGeneration,
  RevocableMacro,
  RevocableRole,
} from '../../server/src/knowledge/revocable-generations.ts';

export type Flaw =
  | 'no test'
  | 'left open'
  | 'left twice'
  | 'used after'
  | 'handle kept'
  | 'never revoked'
  | 'reference kept'
  | 'revoked twice'
  | 'made after'
  | 'revoked inside'
  | 'jumped over'
  | 'hidden loop'
  | 'unbraced'
  | 'shared handle'
  | 'foreign name';

/** The calls of one generation, by what they do. */
export class Spelling {
  readonly core: RevocableGeneration;

  constructor(core: RevocableGeneration) {
    this.core = core;
  }

  name(role: RevocableRole): string | undefined {
    return this.core.calls.find((call) => call.role === role)?.name;
  }

  macro(form: RevocableMacro['form'], whenRevoked: RevocableMacro['whenRevoked'] = 'null'): RevocableMacro | undefined {
    return this.core.macros.find((macro) => macro.form === form && macro.whenRevoked === whenRevoked);
  }

  get onStack(): boolean {
    return this.core.consumerStorage === 'local';
  }

  /** How the provider is declared, handed to calls, and where revoking finds it. */
  get provider(): { readonly declaration: string; readonly value: string; readonly revoked: string } {
    const rcu = this.core.rcuProvider ? '__rcu ' : '';
    const value = 'gauge->provider';
    return {
      declaration: `${this.core.providerType} ${rcu}*provider;`,
      value,
      revoked: this.core.rcuProvider ? `&${value}` : value,
    };
  }

  get handle(): string {
    return this.onStack ? '&rev' : 'rev';
  }

  declareHandle(): string {
    return this.onStack ? `${this.core.consumerType} rev;` : `${this.core.consumerType} *rev;`;
  }

  /** Statements that make the handle `into`, and leave the function where that fails. */
  setUp(): string[] {
    const into = this.handle;
    if (!this.onStack)
      return [
        `${into} = ${this.name('consumer-alloc')}(${this.provider.value});`,
        `if (!${into})`,
        '\treturn -ENOMEM;',
      ];
    const call = `${this.name('consumer-init')}(${this.provider.value}, ${into})`;
    const fails = this.core.calls.some((one) => one.role === 'consumer-init' && one.prototype?.startsWith('int '));
    return fails ? [`if (${call})`, '\treturn -ENODEV;'] : [`${call};`];
  }

  enter(handle = this.handle): string {
    return `hw = ${this.name('enter')}(${handle});`;
  }

  leave(handle = this.handle): string {
    return `${this.name('leave')}(${handle});`;
  }

  free(handle = this.handle): string {
    return `${this.name('consumer-free')}(${handle});`;
  }

  revoke(): string {
    return `${this.name('revoke')}(${this.provider.revoked});`;
  }

  /** The last reference of an allocated provider, where revoking does not drop it. */
  put(): string[] {
    const put = this.name('provider-put');
    return put === undefined ? [] : [`${put}(${this.provider.value});`];
  }
}

/** The driver with one flaw, or none; undefined where this generation cannot have it. The wrong line ends in `//~`. */
export function gaugeDriver(core: RevocableGeneration, flaw?: Flaw): string | undefined {
  const spelling = new Spelling(core);
  const read = readBody(spelling, flaw);
  if (read === undefined || (flaw === 'reference kept' && spelling.put().length === 0)) return undefined;
  if (flaw === 'shared handle' && spelling.onStack) return undefined;
  if (flaw === 'revoked twice' && core.revokeTwice) return undefined;
  if (flaw === 'made after' && (spelling.onStack || !core.revokeDropsReference)) return undefined;
  const shared = flaw === 'shared handle' ? `\t${core.consumerType} *rev;\n` : '';
  const kept =
    flaw === 'shared handle'
      ? [
          `gauge->rev = ${spelling.name('consumer-alloc')}(gauge->provider);`,
          'if (!gauge->rev) {',
          `\t${spelling.revoke()}`,
          '\tkfree(gauge);',
          '\treturn -ENOMEM;',
          '}',
        ]
      : [];
  const teardown = [
    ...(flaw === 'never revoked' ? [] : [spelling.revoke()]),
    ...(flaw === 'revoked twice' ? [`${spelling.revoke()}\t//~`] : []),
    ...(flaw === 'made after'
      ? [
          `rev = ${spelling.name('consumer-alloc')}(${spelling.provider.value});\t//~`,
          'if (rev)',
          `\t${spelling.free('rev')}`,
        ]
      : []),
    ...(flaw === 'shared handle' ? [spelling.free('gauge->rev')] : []),
    ...(flaw === 'reference kept' ? [] : spelling.put()),
  ];
  const foreign = flaw === 'foreign name' ? foreignLeave(spelling) : undefined;
  if (flaw === 'foreign name' && foreign === undefined) return undefined;
  const helper =
    foreign === undefined
      ? ''
      : `static void gauge_leave(${core.consumerType} *rev)\n{\n\t${foreign}(rev);\t//~\n}\n\n`;
  const mark = flaw === 'never revoked' || flaw === 'reference kept' ? '\t//~' : '';
  return `#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/revocable.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct gauge_hw {
	u32 level;
};

struct gauge {
	struct miscdevice misc;
	struct kref kref;
	${spelling.provider.declaration}
${shared}};

static void gauge_free(struct kref *kref)
{
	struct gauge *gauge = container_of(kref, struct gauge, kref);

	kfree(gauge);
}

static int gauge_open(struct inode *inode, struct file *file)
{
	struct gauge *gauge = container_of(file->private_data, struct gauge, misc);

	kref_get(&gauge->kref);
	file->private_data = gauge;
	return 0;
}

${helper}static ssize_t gauge_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct gauge *gauge = file->private_data;
	struct gauge_hw *hw;
	u32 level = 0;
${lines(read)}
	return simple_read_from_buffer(buf, count, ppos, &level, sizeof(level));${flaw === 'handle kept' ? '\t//~' : ''}
}

static int gauge_release(struct inode *inode, struct file *file)
{
	struct gauge *gauge = file->private_data;

	kref_put(&gauge->kref, gauge_free);
	return 0;
}

static const struct file_operations gauge_fops = {
	.owner		= THIS_MODULE,
	.open		= gauge_open,
	.read		= gauge_read,
	.release	= gauge_release,
};

static int gauge_probe(struct platform_device *pdev)
{
	struct gauge_hw *hw = devm_kzalloc(&pdev->dev, sizeof(*hw), GFP_KERNEL);
	struct gauge *gauge;

	if (!hw)
		return -ENOMEM;
	gauge = kzalloc(sizeof(*gauge), GFP_KERNEL);
	if (!gauge)
		return -ENOMEM;

	kref_init(&gauge->kref);
	gauge->provider = ${spelling.name('provider-alloc')}(hw);${mark}
	if (!gauge->provider) {
		kfree(gauge);
		return -ENOMEM;
	}
${lines(kept)}	gauge->misc.minor = MISC_DYNAMIC_MINOR;
	gauge->misc.name = "gauge";
	gauge->misc.fops = &gauge_fops;
	platform_set_drvdata(pdev, gauge);
	return misc_register(&gauge->misc);
}

static void gauge_remove(struct platform_device *pdev)
{
	struct gauge *gauge = platform_get_drvdata(pdev);
${flaw === 'made after' ? `\t${spelling.declareHandle()}\n` : ''}
	misc_deregister(&gauge->misc);
${lines(teardown)}	kref_put(&gauge->kref, gauge_free);
}

static struct platform_driver gauge_driver = {
	.probe	= gauge_probe,
	.remove	= gauge_remove,
	.driver	= { .name = "gauge" },
};
module_platform_driver(gauge_driver);
`;
}

function lines(statements: readonly string[]): string {
  return statements.map((statement) => `\t${statement}\n`).join('');
}

/** What read does, indented by nothing. */
function readBody(spelling: Spelling, flaw: Flaw | undefined): string[] | undefined {
  switch (flaw) {
    case 'jumped over':
    case 'unbraced':
      return declarationForm(spelling, flaw);
    case 'hidden loop':
      return blockForm(spelling);
    case 'shared handle':
      return [
        '',
        `${spelling.enter('gauge->rev')}	//~`,
        'if (hw)',
        '\tlevel = hw->level;',
        spelling.leave('gauge->rev'),
        'if (!hw)',
        '\treturn -ENODEV;',
      ];
    default:
      return openCoded(spelling, flaw);
  }
}

function openCoded(spelling: Spelling, flaw: Flaw | undefined): string[] {
  const wayOut = (leaves: boolean, error: string): string[] => [
    ...(leaves ? [`\t${spelling.leave()}`] : []),
    `\t${spelling.free()}`,
    `\treturn ${error};${leaves ? '' : '\t//~'}`,
  ];
  const isOpen = flaw === 'left open';
  return [
    spelling.declareHandle(),
    '',
    ...spelling.setUp(),
    spelling.enter(),
    ...(flaw === 'no test'
      ? []
      : ['if (!hw) {', ...wayOut(!isOpen || !spelling.core.leaveAfterFailure, '-ENODEV'), '}']),
    ...(flaw === 'revoked inside' ? [`${spelling.revoke()}\t//~`] : []),
    `level = hw->level;${flaw === 'no test' ? '\t//~' : ''}`,
    'if (level > count) {',
    ...wayOut(!isOpen || spelling.core.leaveAfterFailure, '-ERANGE'),
    '}',
    spelling.leave(),
    ...(flaw === 'left twice' ? [`${spelling.leave()}\t//~`] : []),
    ...(flaw === 'used after' ? ['level += hw->level;\t//~'] : []),
    ...(flaw === 'handle kept' ? [] : [spelling.free()]),
  ];
}

/** A name by which another generation leaves sections, and this one nothing. */
function foreignLeave(spelling: Spelling): string | undefined {
  return ['revocable_release', 'revocable_withdraw_access'].find((name) =>
    spelling.core.calls.every((call) => call.name !== name),
  );
}

function declarationForm(spelling: Spelling, flaw: 'jumped over' | 'unbraced'): string[] | undefined {
  const macro = spelling.macro('statement');
  if (macro === undefined) return undefined;
  const scope = `${macro.name}(${macro.takes === 'provider' ? spelling.provider.value : 'rev'}, hw);`;
  const own = macro.takes === 'consumer' ? ['struct revocable *rev = NULL;'] : [];
  if (flaw === 'unbraced') return [...own, '', 'if (count)', `\t${scope}\t//~`];
  return [...own, '', 'if (!count)', '\tgoto out;', `${scope}\t//~`, 'if (hw)', '\tlevel = hw->level;', 'out:;'];
}

function blockForm(spelling: Spelling): string[] | undefined {
  const macro = spelling.macro('block');
  if (macro === undefined) return undefined;
  const own = macro.takes === 'consumer' ? ['struct revocable *rev = NULL;'] : [];
  const scope = `${macro.name}(${macro.takes === 'provider' ? spelling.provider.value : 'rev'}, hw) {`;
  return [
    ...own,
    'int round;',
    '',
    'for (round = 0; round < 4; round++) {',
    `\t${scope}`,
    '\t\tif (!hw)',
    '\t\t\tbreak;\t//~',
    '\t\tlevel += hw->level;',
    '\t}',
    '}',
  ];
}
