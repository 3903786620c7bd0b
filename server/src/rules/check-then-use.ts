import { keepSection } from './fixes/keep-section.ts';
import { lockCheck } from './fixes/lock-check.ts';
import { oneGuard } from './fixes/one-guard.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'check-then-use',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['c', 'rust'],
  facts: 'checkThenUse',
  summary: 'A value that operations share is checked in one critical section, or in none, and used in another.',
  why: `Operations on one open device run at the same time: two threads, or a fork, can be in read(), write() and
ioctl() of the same fd at once, and the lock of the file's position is not taken for character devices. A length or
pointer that was checked can be another one when it is used: the copy runs past the end of the new buffer, or into
the old one that has just been freed.`,
  remedy: `Hold one lock from the check to the use, and take the same one around the writes: a mutex in the object that
holds the value. A flag that is to let only one through is tested and set in one step, under a lock or with
test_and_set_bit().`,
  limits: `Objects are told apart by type, not by instance. What only open, release or an interrupt writes is not
looked at; neither is a value that is merely out of date.`,
  references: ['fs/file.c', 'Documentation/kernel-hacking/locking.rst'],
  messages: {
    freed: '{writer}() can free or clear {used} after {checked} was looked at, before this use',
    staleLength:
      '{checked} was read in an earlier critical section; {writer}() can change it and {used} before this use',
    readAgain: '{checked} is read again here after its bound was checked, and {writer}() can change it in between',
    freedOnCount: '{used} is freed here on a look at {checked} without {lock}, under which {writer}() changes it',
    bothPass: 'two threads can both pass the test of {checked} before either of them sets it here',
  },
  hint: 'hold one lock from the check to the use, the one that the writer takes',
  fixes: { keepSection, lockCheck, oneGuard },

  *check(analysis) {
    for (const fact of analysis.checkThenUse) {
      const { at, certainty, witness, group, checked, used, writer } = fact;
      const common = {
        at,
        certainty,
        witness,
        group,
        triggers: [],
        fixes: ['keepSection', 'lockCheck', 'oneGuard'] as const,
      };
      if (fact.defect === 'freed') yield { ...common, message: 'freed', data: { checked, used, writer } };
      else if (fact.defect === 'stale-length')
        yield { ...common, message: 'staleLength', data: { checked, used, writer } };
      else if (fact.defect === 'read-again') yield { ...common, message: 'readAgain', data: { checked, writer } };
      else if (fact.defect === 'freed-on-count')
        yield {
          ...common,
          message: 'freedOnCount',
          data: { checked, used, writer, lock: fact.writerLock?.text ?? 'the lock' },
        };
      else yield { ...common, message: 'bothPass', data: { checked } };
    }
  },
});
