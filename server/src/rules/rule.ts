/**
 * The shape of a rule. A rule reads the facts of one module and yields findings; it sees no syntax, keeps no state
 * and formats nothing for an editor. Metadata, messages, documentation and fixes stand in the same object, and
 * the compiler checks them against each other.
 */

import type { Certainty, DeviceNode, FactFamily, ModuleAnalysis, ModuleInput, Witness } from '../analysis/model.ts';
import type { Location, TextEdit } from '../base/span.ts';
import type { Trigger } from '../knowledge/schema.ts';

export type Severity = 'error' | 'warning' | 'hint';

type Slots<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest> : never;
type Data<T extends string> = [Slots<T>] extends [never]
  ? { readonly data?: never }
  : { readonly data: { readonly [K in Slots<T>]: string } };

/** What a rule yields; text is made from `messages` in one place (`renderMessage`). */
export type Yield<M extends Record<string, string>, F extends string> = {
  [K in keyof M & string]: {
    readonly message: K;
    readonly at: Location;
    readonly certainty: Certainty;
    readonly triggers: readonly Trigger[];
    readonly witness?: Witness;
    readonly node?: DeviceNode;
    /** Both ends of one race carry the same key; reports group by it. Stable when lines move. */
    readonly group: string;
    readonly fixes?: readonly F[];
  } & Data<M[K]>;
}[keyof M & string];

/** What a fix builder may read. */
export interface FixContext {
  readonly module: ModuleInput;
  readonly analysis: ModuleAnalysis;
  readonly finding: Finding;
  /** Full text of a file of the module. */
  text(file: string): string;
  /** Kernel generation ids of the tree (`c_core`, `c_fops`, …) or the one the user chose. */
  readonly generation: GenerationView;
}

export interface GenerationView {
  /** `G1`…`G8` or `none`. */
  readonly core: string;
  /** `F1`, `F2`, `F3a`, `F3b` or `none`. */
  readonly fops: string;
  /** Chosen by the user with `--api` / `revocableSafety.api` although the tree lacks it. */
  readonly forced: boolean;
  /** A waiting unregister that the tree has: `misc_sync_register`, `misc_deregister_sync`, … or `none`. */
  readonly sync: string;
  /** Whether the tree has a function that contracts know. */
  has(name: string): boolean;
}

export type FixResult =
  | { readonly kind: 'edits'; readonly edits: readonly TextEdit[] }
  /** Shown as a disabled action with this reason. */
  | { readonly kind: 'disabled'; readonly reason: string }
  /** Not offered at all. */
  | { readonly kind: 'none' };

export interface Fix {
  readonly title: string | ((ctx: FixContext) => string);
  /** `safe`: behaviour is preserved or repaired with no judgement needed. */
  readonly safety: 'safe' | 'review';
  readonly preferred?: (ctx: FixContext) => boolean;
  /** What the tree lacks for it and the user did not choose: only a person may apply it. */
  readonly lacks?: (ctx: FixContext) => string | undefined;
  /** Cheap test, run on every cursor move. */
  readonly offered: (ctx: FixContext) => boolean;
  readonly edit: (ctx: FixContext) => FixResult;
}

export interface RuleDefinition<M extends Record<string, string>, F extends string> {
  readonly id: string;
  /** Version that brought it, or `next`. */
  readonly since: string;
  readonly status: 'preview' | 'stable' | 'retired';
  /** `by-trigger`: error for must with hot-unplug, parent removal or object destroy; warning for other must; hint for may. */
  readonly severity: Severity | 'by-trigger';
  readonly languages: readonly ('c' | 'rust')[];
  /** What it reads of the analysis. A module in which these facts cannot arise is not even parsed for it. */
  readonly facts: FactFamily;
  /** One sentence: what is wrong. */
  readonly summary: string;
  /** Why it is bad, Markdown. */
  readonly why: string;
  /** What to do, Markdown. */
  readonly remedy: string;
  /** Known problems. */
  readonly limits: string;
  readonly references: readonly string[];
  readonly messages: M;
  /** What to do, one line, beside the message. */
  readonly hint: string;
  /** Where a message needs another. */
  readonly hints?: { readonly [K in keyof M]?: string };
  readonly fixes: { readonly [K in F]: Fix };
  check(analysis: ModuleAnalysis): Iterable<Yield<NoInfer<M>, NoInfer<F>>>;
}

/** A rule with its types erased, as the engine keeps it. */
export interface Rule {
  readonly id: string;
  readonly since: string;
  readonly status: 'preview' | 'stable' | 'retired';
  readonly severity: Severity | 'by-trigger';
  readonly languages: readonly ('c' | 'rust')[];
  /** What it reads of the analysis. A module in which these facts cannot arise is not even parsed for it. */
  readonly facts: FactFamily;
  readonly summary: string;
  readonly why: string;
  readonly remedy: string;
  readonly limits: string;
  readonly references: readonly string[];
  readonly messages: Readonly<Record<string, string>>;
  readonly hint: string;
  readonly fixes: Readonly<Record<string, Fix>>;
  run(analysis: ModuleAnalysis): readonly Finding[];
}

/** A finding, structured until it is rendered. */
export interface Finding {
  readonly rule: string;
  /** Message id in the rule. */
  readonly message: string;
  /** Rendered message: lower-case start, no full stop. */
  readonly text: string;
  readonly hint: string;
  readonly at: Location;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly triggers: readonly Trigger[];
  readonly witness?: Witness;
  readonly node?: DeviceNode;
  readonly group: string;
  /** Names in the rule's `fixes`: those that may help, or in a batch those that have something to edit. */
  readonly fixes: readonly string[];
  /** Titles of these, in a batch. */
  readonly fixTitles?: readonly string[];
}

const CERTAIN_TRIGGERS: ReadonlySet<Trigger> = new Set(['hot-unplug', 'parent-removal', 'object-destroy']);

/** DESIGN §3, "Level". */
export function severityOf(
  rule: Severity | 'by-trigger',
  certainty: Certainty,
  triggers: readonly Trigger[],
): Severity {
  if (certainty === 'may') return 'hint';
  if (rule !== 'by-trigger') return rule;
  return triggers.some((trigger) => CERTAIN_TRIGGERS.has(trigger)) ? 'error' : 'warning';
}

export function renderMessage(template: string, data: Readonly<Record<string, string>> | undefined): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => data?.[name] ?? whole);
}

/** Nodes whose operations stand in tables of C; of those in Rust the facts about Rust tell. */
export function nodesInC({ nodes }: ModuleAnalysis): readonly DeviceNode[] {
  return nodes.filter(({ language }) => language !== 'rust');
}

export function defineRule<const M extends Record<string, string>, const F extends string = never>(
  definition: RuleDefinition<M, F>,
): Rule {
  return {
    ...definition,
    run(analysis) {
      const findings: Finding[] = [];
      for (const found of definition.check(analysis)) {
        const { message, data, fixes, witness, node } = found;
        findings.push({
          at: found.at,
          certainty: found.certainty,
          triggers: found.triggers,
          group: found.group,
          ...(witness === undefined ? {} : { witness: witness as Witness }),
          ...(node === undefined ? {} : { node: node as DeviceNode }),
          rule: definition.id,
          message,
          text: renderMessage(definition.messages[message] ?? message, data),
          hint: definition.hints?.[message] ?? definition.hint,
          severity: severityOf(definition.severity, found.certainty, found.triggers),
          fixes: fixes ?? [],
        });
      }
      return findings;
    },
  };
}
