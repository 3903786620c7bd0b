import { pick, reported } from '../analysis/revocable/facts.ts';
import { addOwner } from './fixes/add-owner.ts';
import { defineRule, nodesInC } from './rule.ts';

export default defineRule({
  id: 'missing-fops-owner',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['c', 'rust'],
  facts: 'nodes',
  summary: 'The operations of a loadable module have no owner, so an open fd does not keep their code loaded.',
  why: `The VFS takes a reference on \`owner\` when the file is opened. Without one, \`rmmod\` succeeds while a descriptor
is open, and the next operation on it jumps into code that is no longer there.`,
  remedy: `Set \`.owner = THIS_MODULE\` in the operations table. In Rust the kernel crate fills the table in; up to 7.2 it sets no
owner for a \`MiscDevice\`: carry the patch that does, or do not let the module be unloaded.`,
  limits: 'A module that is pinned by other means than its operations table or its `open` is reported all the same.',
  references: ['fs/char_dev.c', 'drivers/char/misc.c'],
  messages: {
    missing: '{table} has no .owner, so the module can be unloaded while an fd is open',
    registration: '{operations}: open files do not keep the module loaded, the kernel crate sets no owner',
  },
  hint: 'set .owner = THIS_MODULE',
  hints: {
    registration:
      'use a kernel crate whose registration sets the owner, or keep the module from being unloaded while files are open',
  },
  fixes: { addOwner },

  *check(analysis) {
    for (const fact of analysis.revocable) {
      if (fact.kind !== 'owner-missing') continue;
      const triggers = ['module-unload'] as const;
      yield { ...reported(fact), message: 'registration', triggers, data: pick(fact, 'operations') };
    }
    const seen = new Set<string>();
    for (const node of nodesInC(analysis)) {
      const { name, at } = node.operations;
      if (!node.ownerMissing || name === undefined || at === undefined) continue;
      const key = `${at.file}:${at.span.start}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield {
        message: 'missing',
        at,
        certainty: 'must',
        triggers: ['module-unload'],
        node,
        group: `${name}:owner`,
        fixes: ['addOwner'],
        data: { table: name },
      };
    }
  },
});
