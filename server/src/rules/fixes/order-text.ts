/** Questions about facts of teardown order in the text of a file. */
import type { OrderFact } from '../../analysis/teardown-order/facts.ts';
import type { FixContext } from '../rule.ts';

/** The fact that a finding is about. */
export function orderFactOf({ analysis, finding }: FixContext): OrderFact | undefined {
  return analysis.teardownOrder.find(
    ({ at, group }) =>
      group === finding.group && at.file === finding.at.file && at.span.start === finding.at.span.start,
  );
}

/** The name of the call that starts at `offset`. */
export function callNameAt(text: string, offset: number): string | undefined {
  return /^\w+(?=\s*\()/.exec(text.slice(offset, offset + 100))?.[0];
}
