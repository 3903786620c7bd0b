/** Quick fixes: from findings to offers, and from an offer that was chosen to its edits. */
import type { Span, TextEdit } from '../base/span.ts';
import type { Finding, Fix, FixContext, FixResult, Rule } from '../rules/rule.ts';

export interface CodeActionOffer {
  /** `rule:fix:start`: stable as long as the finding stays where it is. */
  readonly id: string;
  readonly title: string;
  readonly safety: 'safe' | 'review';
  readonly preferred: boolean;
  readonly disabled?: string;
  /** What the tree lacks for it: it needs a decision, so it is never applied with others. */
  readonly lacks?: string;
  readonly finding: Finding;
}

export interface OfferContext {
  readonly rules: readonly Rule[];
  /** What a fix of this finding may read. */
  contextOf(finding: Finding): FixContext;
}

function touches(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** Fixes of the findings that touch `span`, in the order of the findings and of their rule. */
export function offersFor(findings: readonly Finding[], span: Span, ctx: OfferContext): readonly CodeActionOffer[] {
  const offers: CodeActionOffer[] = [];
  for (const finding of findings) {
    if (!touches(finding.at.span, span)) continue;
    for (const [name, fix] of fixesOf(finding, ctx.rules)) {
      const context = ctx.contextOf(finding);
      if (!fix.offered(context)) continue;
      const result = fix.edit(context);
      if (result.kind === 'none' || (result.kind === 'edits' && result.edits.length === 0)) continue;
      const lacks = fix.lacks?.(context);
      offers.push({
        id: offerId(finding, name),
        title: typeof fix.title === 'string' ? fix.title : fix.title(context),
        safety: fix.safety,
        preferred: result.kind === 'edits' && (fix.preferred?.(context) ?? false),
        ...(result.kind === 'disabled' ? { disabled: result.reason } : {}),
        ...(lacks === undefined ? {} : { lacks }),
        finding,
      });
    }
  }
  return onlyOnePreferred(offers);
}

/** The edits of the offer with this id; undefined when its finding is gone. */
export function resolveOffer(id: string, findings: readonly Finding[], ctx: OfferContext): FixResult | undefined {
  for (const finding of findings) {
    for (const [name, fix] of fixesOf(finding, ctx.rules)) {
      if (offerId(finding, name) === id) return fix.edit(ctx.contextOf(finding));
    }
  }
  return undefined;
}

/**
 * Every safe fix of the findings in one set of edits. A fix whose edits touch those of one before it is left for the next
 * time, whole: half a fix is none. The same line that two fixes insert (an include) is inserted once.
 */
export function safeEdits(findings: readonly Finding[], ctx: OfferContext): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const finding of findings) {
    for (const [, fix] of fixesOf(finding, ctx.rules)) {
      const context = ctx.contextOf(finding);
      if (fix.safety !== 'safe' || fix.lacks?.(context) !== undefined || !fix.offered(context)) continue;
      const result = fix.edit(context);
      if (result.kind !== 'edits') continue;
      const fresh = result.edits.filter((edit) => !taken.some((other) => isSameEdit(edit, other)));
      if (fresh.some((edit) => taken.some((other) => overlaps(edit, other)))) continue;
      taken.push(...fresh);
      break;
    }
  }
  return taken;
}

function isSameEdit(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;
}

function overlaps(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && touches(a.span, b.span);
}

function offerId(finding: Finding, fix: string): string {
  return `${finding.rule}:${fix}:${finding.message}:${finding.at.span.start}`;
}

function fixesOf(finding: Finding, rules: readonly Rule[]): [string, Fix][] {
  const rule = rules.find((candidate) => candidate.id === finding.rule);
  return finding.fixes.flatMap((name): [string, Fix][] => {
    const fix = rule?.fixes[name];
    return fix === undefined ? [] : [[name, fix]];
  });
}

/** Editors apply the preferred action without asking, so there is one at most for each finding. */
function onlyOnePreferred(offers: readonly CodeActionOffer[]): readonly CodeActionOffer[] {
  const seen = new Set<Finding>();
  return offers.map((offer) => {
    if (!offer.preferred) return offer;
    const first = !seen.has(offer.finding);
    seen.add(offer.finding);
    return first ? offer : { ...offer, preferred: false };
  });
}
