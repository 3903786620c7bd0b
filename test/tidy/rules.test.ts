/** Every rule is documented by examples that are tests, and derived files are what they derive from. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { defaultSettings, settingsSchema } from '../../server/src/engine/settings.ts';
import { rules } from '../../server/src/rules/index.ts';
import { filesUnder, ROOT, readRepositoryFile } from '../support/repository.ts';

const fixtures = new Set(filesUnder('test/fixtures'));

describe('rules', () => {
  it('exist', () => {
    expect(rules.length).toBeGreaterThan(3);
  });

  it.each(rules.map((rule) => rule.id))('%s has a bad and a good example', (id) => {
    for (const language of rules.find((rule) => rule.id === id)?.languages ?? []) {
      const extension = language === 'c' ? 'c' : 'rs';
      expect(fixtures).toContain(`test/fixtures/${id}/bad.${extension}`);
      expect(fixtures).toContain(`test/fixtures/${id}/good.${extension}`);
      expect(readRepositoryFile(`test/fixtures/${id}/bad.${extension}`)).toMatch(new RegExp(`//~\\^* ${id}\\(`));
    }
  });

  it.each(rules.map((rule) => rule.id))('%s says everything that its page needs', (id) => {
    const rule = rules.find((candidate) => candidate.id === id);
    for (const text of [rule?.summary, rule?.why, rule?.remedy, rule?.limits, rule?.hint]) {
      expect(text?.trim().length).toBeGreaterThan(10);
    }
    expect(Object.keys(rule?.messages ?? {}).length).toBeGreaterThan(0);
  });

  it.each(rules.map((rule) => rule.id))('%s has messages in the house style', (id) => {
    const messages = Object.values(rules.find((rule) => rule.id === id)?.messages ?? {});
    expect(messages.filter((text) => /\.$|potential|possible issue/i.test(text) || /^[A-Z][a-z]/.test(text))).toEqual(
      [],
    );
  });

  it('have every message exercised by a fixture', () => {
    const marked = new Set(
      [...fixtures]
        .filter((path) => /\.(c|rs)$/.test(path))
        .flatMap((path) =>
          [...readRepositoryFile(path).matchAll(/\/\/~\^* (?:F[PN] )?([a-z-]+\(\w+\))/g)].map((match) => match[1]),
        ),
    );
    const all = rules.flatMap((rule) => Object.keys(rule.messages).map((message) => `${rule.id}(${message})`));
    expect(all.filter((message) => !marked.has(message))).toEqual([]);
  });

  it('are named after their files', () => {
    const files = filesUnder('server/src/rules', '.ts').map((path) => path.split('/').slice(3).join('/'));
    expect(rules.filter((rule) => !files.includes(`${rule.id}.ts`)).map((rule) => rule.id)).toEqual([]);
  });
});

describe('generated files', () => {
  it('are fresh', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });
});

describe('manifest', () => {
  const manifest = JSON.parse(readRepositoryFile('package.json')) as {
    version: string;
    dependencies?: Record<string, string>;
    devDependencies: Record<string, string>;
    contributes: { configuration: { properties: Record<string, { default: unknown }> } };
  };
  const properties = manifest.contributes.configuration.properties;

  it('has the settings of the engine, with the same defaults', () => {
    const expected = Object.fromEntries(
      Object.entries(defaultSettings).map(([key, value]) => [`revocableSafety.${key}`, value]),
    );
    // The language client reads this one itself.
    expected['revocableSafety.trace.server'] = 'off';
    expect(Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, schema.default]))).toEqual(
      expected,
    );
    expect(settingsSchema.map((setting) => setting.key).sort()).toEqual(Object.keys(defaultSettings).sort());
  });

  it('pins every package to an exact version', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(ranges.length).toBeGreaterThan(10);
    expect(ranges.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('has a lock file that npm ci accepts on every platform', () => {
    const { packages } = JSON.parse(readRepositoryFile('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).filter(
        (name) =>
          packages[`${path}/node_modules/${name}`] === undefined && packages[`node_modules/${name}`] === undefined,
      ),
    );
    // After an install, `node scripts/complete-lock.mjs` adds what a partial registry left out.
    expect(missing).toEqual([]);
  });
});
