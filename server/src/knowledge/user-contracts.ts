/** Contracts that people write for functions of their own tree: JSON in the shape of schemas/contracts.schema.json. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import schema from '../../../schemas/contracts.schema.json';
import type { ContractFile } from './schema.ts';

export interface UserContracts {
  /** Absent when the file has problems. */
  readonly contracts?: ContractFile;
  /** What is wrong, one sentence each, naming the row. */
  readonly problems: readonly string[];
}

const SECTIONS = ['functions', 'patterns', 'tables', 'macros', 'structs', 'guards', 'loops'] as const;
/** Fields that name a row, for messages. */
const ROW_NAMES = ['name', 'struct', 'class', 'pattern'] as const;

type Row = Readonly<Record<string, unknown>>;

/** A test validates the schema itself; inlined references would make the compiled code several times larger. */
const OPTIONS = { allErrors: true, discriminator: true, inlineRefs: false, validateSchema: false };

let compiled: Promise<ValidateFunction> | undefined;

/** The validator costs some milliseconds to load, which only trees with contracts of their own pay. */
function validator(): Promise<ValidateFunction> {
  compiled ??= import('ajv').then(({ Ajv }) => new Ajv(OPTIONS).compile(schema));
  return compiled;
}

/** Reads a contract file. `file` is how messages call it. */
export async function parseUserContracts(text: string, file: string): Promise<UserContracts> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return { problems: [`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const validate = await validator();
  if (!validate(data)) {
    const messages = (validate.errors ?? []).map((error) => `${file}: ${placeOf(error, data)}${messageOf(error)}`);
    return { problems: [...new Set(messages)] };
  }
  const problems = [...duplicates(data as ContractFile), ...badPatterns(data as ContractFile)];
  if (problems.length > 0) return { problems: problems.map((problem) => `${file}: ${problem}`) };
  return { contracts: completed(data as Row, file), problems };
}

/** `functions[3] (foo_register), does[0] (publishes): ` */
function placeOf(error: ErrorObject, data: unknown): string {
  let at = data;
  const parts: string[] = [];
  for (const key of error.instancePath.split('/').slice(1)) {
    at = (at as Row | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
    if (/^\d+$/.test(key)) parts.push(`${parts.pop() ?? ''}[${key}]${labelOf(at)}`);
    else parts.push(key);
  }
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}

function labelOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const row = value as Row;
  const name = [...ROW_NAMES, 'verb'].map((field) => row[field]).find((each) => typeof each === 'string');
  return name === undefined ? '' : ` (${name})`;
}

function messageOf(error: ErrorObject): string {
  const params = error.params as Row;
  if (error.keyword === 'additionalProperties') return `unknown field ${String(params.additionalProperty)}`;
  if (error.keyword === 'required') return `${String(params.missingProperty)} is missing`;
  if (error.keyword === 'enum') return `must be one of ${(params.allowedValues as string[]).join(', ')}`;
  if (error.keyword === 'const') return `must be ${String(params.allowedValue)}`;
  if (error.keyword === 'discriminator') return `there is no ${String(params.tag)} ${String(params.tagValue)}`;
  return error.message ?? error.keyword;
}

function duplicates(file: ContractFile): string[] {
  return SECTIONS.flatMap((section) => {
    const seen = new Set<string>();
    return (file[section] ?? []).flatMap((row, index) => {
      const names = [labelOf(row), ...('aliases' in row ? (row.aliases ?? []).map((alias) => ` (${alias})`) : [])];
      const again = names.filter((name) => seen.has(name));
      for (const name of names) seen.add(name);
      return again.map((name) => `${section}[${index}]${name}: appears twice`);
    });
  });
}

function badPatterns(file: ContractFile): string[] {
  return (['patterns', 'loops'] as const).flatMap((section) =>
    (file[section] ?? []).flatMap((row, index) => {
      try {
        new RegExp(`^(?:${row.pattern})$`);
        return [];
      } catch (error) {
        return [`${section}[${index}] (${row.pattern}): ${error instanceof Error ? error.message : String(error)}`];
      }
    }),
  );
}

/** What people may leave out: the header, and evidence, which is the file itself. */
function completed(data: Row, file: string): ContractFile {
  const evidence = [{ kernel: 'own', file }];
  const { $schema: _schema, ...rest } = data;
  const sections = SECTIONS.filter((section) => Array.isArray(rest[section])).map((section) => [
    section,
    (rest[section] as readonly Row[]).map((row) => ({ evidence, ...row })),
  ]);
  return { header: file, ...rest, ...Object.fromEntries(sections) } as ContractFile;
}
