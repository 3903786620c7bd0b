import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { Knowledge } from '../../../server/src/knowledge/lookup.ts';
import { parseUserContracts } from '../../../server/src/knowledge/user-contracts.ts';
import { readRepositoryFile } from '../../support/repository.ts';

const FILE = 'frob.contracts.json';

async function problemsOf(data: unknown): Promise<readonly string[]> {
  return (await parseUserContracts(JSON.stringify(data), FILE)).problems;
}

const register = {
  name: 'frob_register',
  does: [{ verb: 'publishes', node: 'other', on: { at: 'arg', index: 0 } }],
  summary: 'Makes a frob visible.',
};

describe('the published schema', () => {
  const published: unknown = JSON.parse(readRepositoryFile('schemas/contracts.schema.json'));

  test('is a JSON Schema', async () => {
    expect(await new Ajv().validateSchema(published as object)).toBe(true);
  });

  test('is the one that the types give', async () => {
    const script = new URL('../../../scripts/generate-contract-schema.mjs', import.meta.url).href;
    const { contractSchema, contractTypes } = (await import(script)) as {
      contractSchema: (source: string) => unknown;
      contractTypes: () => Promise<string>;
    };
    expect(published).toEqual(contractSchema(await contractTypes()));
  });
});

describe('every built-in contract', () => {
  const files = Knowledge.builtin().files;

  test('there are some', () => {
    expect(files.length).toBeGreaterThan(30);
  });

  test.each(files.map((file) => [file.header, file] as const))(
    '%s fits the published schema',
    async (_header, file) => {
      const { contracts, problems } = await parseUserContracts(JSON.stringify(file), FILE);
      expect(problems).toEqual([]);
      expect(contracts).toEqual(file);
    },
  );
});

describe('contracts of a user', () => {
  test('need neither header nor evidence', async () => {
    const { contracts, problems } = await parseUserContracts(JSON.stringify({ functions: [register] }), FILE);
    expect(problems).toEqual([]);
    expect(contracts).toEqual({
      header: FILE,
      functions: [{ ...register, evidence: [{ kernel: 'own', file: FILE }] }],
    });
  });

  test('may name their schema', async () => {
    const { contracts } = await parseUserContracts('{"$schema": "contracts.schema.json", "functions": []}', FILE);
    expect(contracts).toEqual({ header: FILE, functions: [] });
  });

  test('go before what is built in', async () => {
    const own = { ...register, name: 'misc_deregister', does: [{ verb: 'nothing' }] };
    const { contracts } = await parseUserContracts(JSON.stringify({ functions: [own] }), FILE);
    const knowledge = Knowledge.builtin().with(contracts === undefined ? [] : [contracts]);
    expect(knowledge.findFunction('misc_deregister')?.does).toEqual([{ verb: 'nothing' }]);
    expect(Knowledge.builtin().findFunction('misc_deregister')?.does).not.toEqual([{ verb: 'nothing' }]);
  });
});

describe('a mistake is named with its row', () => {
  test('text that is not JSON', async () => {
    const { contracts, problems } = await parseUserContracts('{"functions": [}', FILE);
    expect(contracts).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^frob\.contracts\.json: not JSON: /);
  });

  test('something else than an object', async () => {
    expect(await problemsOf([register])).toEqual([`${FILE}: must be object`]);
  });

  test('a misspelt section', async () => {
    expect(await problemsOf({ function: [register] })).toEqual([`${FILE}: unknown field function`]);
  });

  test('an unknown verb', async () => {
    const bad = { ...register, does: [{ verb: 'publish', node: 'other' }] };
    expect(await problemsOf({ functions: [register, { ...bad, name: 'frob_add' }] })).toEqual([
      `${FILE}: functions[1] (frob_add), does[0] (publish): there is no verb publish`,
    ]);
  });

  test('a missing slot', async () => {
    const bad = { ...register, does: [{ verb: 'publishes', node: 'other' }] };
    expect(await problemsOf({ functions: [bad] })).toEqual([
      `${FILE}: functions[0] (frob_register), does[0] (publishes): on is missing`,
    ]);
  });

  test('a field of another verb', async () => {
    const bad = { ...register, does: [{ verb: 'wakes', on: { at: 'result' }, lock: 'mutex' }] };
    expect(await problemsOf({ functions: [bad] })).toEqual([
      `${FILE}: functions[0] (frob_register), does[0] (wakes): unknown field lock`,
    ]);
  });

  test('a value out of its set', async () => {
    const bad = { ...register, does: [{ verb: 'releases', lock: 'latch' }] };
    const [problem, ...others] = await problemsOf({ functions: [bad] });
    expect(others).toEqual([]);
    expect(problem).toMatch(/functions\[0\] \(frob_register\), does\[0\] \(releases\), lock: must be one of mutex, /);
  });

  test('a slot that does not exist', async () => {
    const bad = { ...register, does: [{ verb: 'wakes', on: { at: 'args', index: 0 } }] };
    expect(await problemsOf({ functions: [bad] })).toEqual([
      `${FILE}: functions[0] (frob_register), does[0] (wakes), on: there is no at args`,
    ]);
  });

  test('a name that appears twice', async () => {
    const again = { ...register, name: 'frob_add', aliases: ['frob_register'] };
    expect(await problemsOf({ functions: [register, again] })).toEqual([
      `${FILE}: functions[1] (frob_register): appears twice`,
    ]);
  });

  test('a pattern that is no regular expression', async () => {
    const pattern = { pattern: 'frob_(', does: [{ verb: 'nothing' }], summary: 'Frobs.' };
    const [problem] = await problemsOf({ patterns: [pattern] });
    expect(problem).toMatch(/^frob\.contracts\.json: patterns\[0\] \(frob_\(\): Invalid regular expression/);
  });

  test('several mistakes are all named', async () => {
    const { summary: _summary, ...silent } = register;
    const loop = { pattern: 'for_each_frob', kind: 'ring' };
    expect((await problemsOf({ functions: [silent], loops: [loop] })).toSorted()).toEqual([
      `${FILE}: functions[0] (frob_register): summary is missing`,
      `${FILE}: loops[0] (for_each_frob), kind: must be one of list, hash, xarray, idr, tree, array, other`,
    ]);
  });
});
