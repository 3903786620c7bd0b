import { pick, reported } from '../analysis/revocable/facts.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'fs-revocable-misuse',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['c'],
  facts: 'revocable',
  summary: 'The operations of an open file are replaced by revocable ones in a way that leaves a hole.',
  why: `\`fs_revocable_replace()\` puts \`read\`, \`poll\`, \`unlocked_ioctl\` and \`release\` of one open file into sections, and
copies every other operation as it is. It may be called in \`open\` only, as the last thing that can fail: where open fails
after it, \`release\` never runs and the replacement leaks. After the revoke the driver's \`release\` is skipped. One form keeps
its own data in \`private_data\`, which operations that are not covered then take for the driver's.`,
  remedy: `Return the result of the call from open; revoke the provider after the unregister call and before its resource is
released; use sections of your own in operations that are not covered; move what \`release\` frees to a reference count; and
in the callback enter every section, even after the first NULL.`,
  limits: `An operation that is not covered is named where it touches something that dies; in the form that keeps its data in
\`private_data\`, wherever it reads that.`,
  references: ['fs/fs_revocable.c'],
  messages: {
    outsideOpen: '{replace} is called outside of open, where other threads may be inside the old operations',
    resultIgnored: 'the result of {replace} is ignored: when it fails, the file is open without any fence',
    failsAfter: 'open fails after {replace}, so release never runs and the replacement leaks',
    uncovered: '{replace} does not cover {operations}',
    privateData: '{operation} writes private_data, where {replace} keeps its own data',
    revokedEarly: '{provider} is revoked before {teardown}() unregisters the node',
    revokedLate: '{provider} is revoked only after {teardown}() has released what its sections use',
    unrevoked: '{teardown}() unregisters the node and never revokes {provider}, whose sections then fence nothing',
    releaseSkipped: '{release}() is skipped after the revoke, so that {api} never gives back what open took',
    managedMemory: '{object} is device-managed, and can be reached past {replace} after remove',
    partialEntry: '{callback}() enters only some of the sections, and the wrapper leaves all of them',
  },
  hint: 'replace as the last step of open, revoke right after the unregister call, and fence the other operations by hand',
  fixes: {},

  *check(analysis) {
    for (const fact of analysis.revocable) {
      const common = reported(fact);
      switch (fact.kind) {
        case 'outside-open':
          yield { ...common, message: 'outsideOpen', data: pick(fact, 'replace') };
          break;
        case 'result-ignored':
          yield { ...common, message: 'resultIgnored', data: pick(fact, 'replace') };
          break;
        case 'fails-after':
          yield { ...common, message: 'failsAfter', data: pick(fact, 'replace') };
          break;
        case 'uncovered':
          yield { ...common, message: 'uncovered', data: pick(fact, 'replace', 'operations') };
          break;
        case 'private-data':
          yield { ...common, message: 'privateData', data: pick(fact, 'operation', 'replace') };
          break;
        case 'revoked-early':
          yield { ...common, message: 'revokedEarly', data: pick(fact, 'provider', 'teardown') };
          break;
        case 'revoked-late':
          yield { ...common, message: 'revokedLate', data: pick(fact, 'provider', 'teardown') };
          break;
        case 'unrevoked':
          yield { ...common, message: 'unrevoked', data: pick(fact, 'teardown', 'provider') };
          break;
        case 'release-skipped':
          yield { ...common, message: 'releaseSkipped', data: pick(fact, 'release', 'api') };
          break;
        case 'managed-memory':
          yield { ...common, message: 'managedMemory', data: pick(fact, 'object', 'replace') };
          break;
        case 'partial-entry':
          yield { ...common, message: 'partialEntry', data: pick(fact, 'callback') };
          break;
        default:
          break;
      }
    }
  },
});
