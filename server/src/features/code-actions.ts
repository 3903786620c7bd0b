/** Quick fixes: from findings to offers, and from an offer that was chosen to its edits. */
import type { Span } from '../base/span.ts';
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
