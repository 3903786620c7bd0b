// @ts-check
// Writes schemas/contracts.schema.json, the published form of server/src/knowledge/schema.ts: what a file with contracts
// of one's own may hold. It reads the types themselves (interfaces, unions, literals, arrays, records), so the two cannot
// drift apart; anything else in an exported type is an error. Doc comments become descriptions.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const SOURCES = ['schema.ts', 'rust-schema.ts'].map(
  (name) => new URL(`../server/src/knowledge/${name}`, import.meta.url),
);
const TARGET = new URL('../schemas/contracts.schema.json', import.meta.url);

/** @typedef {Record<string, unknown>} Schema */

const TOKEN = /\/\*\*([\s\S]*?)\*\/|\/\/[^\n]*|'([^']*)'|([A-Za-z_]\w*)|(\[\]|[{}()<>|:;?,=&[\]])|\s+|./gy;

/** @param {string} text */
function tokenise(text) {
  /** @type {{ kind: 'doc' | 'literal' | 'word' | 'mark', text: string }[]} */
  const tokens = [];
  for (const [, doc, literal, word, mark] of text.matchAll(TOKEN)) {
    if (doc !== undefined) tokens.push({ kind: 'doc', text: doc.replace(/\s*\n\s*\*?\s*/g, ' ').trim() });
    else if (literal !== undefined) tokens.push({ kind: 'literal', text: literal });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
  }
  return tokens;
}

/** @param {string} source */
export function contractSchema(source) {
  const tokens = tokenise(source);
  let at = 0;
  const peek = () => tokens[at] ?? { kind: 'mark', text: 'end of file' };
  /** @param {string} text */
  const eat = (text) => peek().kind !== 'literal' && peek().text === text && ++at > 0;
  /** @param {string} text */
  const expect = (text) => {
    if (!eat(text)) throw new Error(`schema.ts: expected ${text}, found ${peek().text}`);
  };
  const docs = () => {
    let text = '';
    while (peek().kind === 'doc') text = tokens[at++]?.text ?? '';
    return text;
  };

  /** @returns {Schema} */
  function parseType() {
    /** @type {Schema[]} */
    const members = [];
    // A doc comment stands before the bar of its member.
    let description = docs();
    eat('|');
    do {
      description ||= docs();
      const member = parseArray();
      members.push(description === '' ? member : { description, ...member });
      description = docs();
    } while (eat('|'));
    return members.length === 1 ? (members[0] ?? {}) : union(members);
  }

  function parseArray() {
    eat('readonly');
    let type = parsePrimary();
    while (eat('[]')) type = { type: 'array', items: type };
    return type;
  }

  /** @returns {Schema} */
  function parsePrimary() {
    const token = tokens[at++];
    if (token?.kind === 'literal') return { const: token.text };
    if (token?.text === '{') return parseObject();
    if (token?.text === '(') {
      const inner = parseType();
      expect(')');
      return inner;
    }
    if (token?.kind !== 'word') throw new Error(`schema.ts: expected a type, found ${token?.text}`);
    if (token.text === 'Readonly') {
      expect('<');
      const inner = parseType();
      expect('>');
      return inner;
    }
    if (token.text === 'Record') {
      expect('<');
      parseType();
      expect(',');
      const value = parseType();
      expect('>');
      return { type: 'object', additionalProperties: value };
    }
    if (token.text === 'number') return { type: 'integer', minimum: 0 };
    if (['string', 'boolean'].includes(token.text)) return { type: token.text };
    return { $ref: `#/definitions/${token.text}` };
  }

  /** @returns {Schema} */
  function parseObject() {
    /** @type {Record<string, Schema>} */
    const properties = {};
    /** @type {string[]} */
    const required = [];
    for (;;) {
      const description = docs();
      if (eat('}')) break;
      eat('readonly');
      const name = tokens[at++]?.text ?? '';
      if (!eat('?')) required.push(name);
      expect(':');
      const type = parseType();
      // Beside a $ref a description would be ignored.
      if (description === '') properties[name] = type;
      else properties[name] = '$ref' in type ? { description, allOf: [type] } : { description, ...type };
      eat(';');
    }
    return { type: 'object', properties, required: required.filter(isRequired), additionalProperties: false };
  }

  /** @type {Record<string, Schema>} */
  const definitions = {};
  let description = '';
  while (at < tokens.length) {
    const token = tokens[at++];
    if (token?.kind === 'doc') description = token.text;
    if (token?.text !== 'export') continue;
    const kind = tokens[at++]?.text;
    const name = tokens[at++]?.text ?? '';
    if (kind === 'interface') expect('{');
    else if (kind === 'type') expect('=');
    else continue;
    const type = kind === 'interface' ? parseObject() : parseType();
    definitions[name] = description === '' ? type : { description, ...type };
    description = '';
  }
  const file = /** @type {{ properties: Record<string, Schema> }} */ (definitions.ContractFile);
  file.properties.$schema = { type: 'string' };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Contracts of functions, tables and structs for Revocable Safety',
    $ref: '#/definitions/ContractFile',
    definitions,
  };
}

/** People who write contracts for their own functions are asked neither for evidence nor for a header. @param {string} name */
function isRequired(name) {
  return name !== 'evidence' && name !== 'header';
}

/** @param {Schema[]} members @returns {Schema} */
function union(members) {
  const constants = members.map((member) => member.const);
  if (constants.every((value) => value !== undefined)) return { enum: constants };
  for (const tag of ['verb', 'at']) {
    const tagged = members.every((member) => {
      const properties = /** @type {Record<string, Schema> | undefined} */ (member.properties);
      return properties?.[tag]?.const !== undefined;
    });
    // Names the one branch that counts, so that a mistake is reported once and not for every branch.
    if (tagged) return { type: 'object', required: [tag], discriminator: { propertyName: tag }, oneOf: members };
  }
  throw new Error('schema.ts: a union needs string literals, or objects with one tag');
}

/** The text of all exported contract types. */
export async function contractTypes() {
  return (await Promise.all(SOURCES.map((source) => readFile(source, 'utf8')))).join('\n');
}

export async function writeContractSchema() {
  await writeFile(TARGET, `${JSON.stringify(contractSchema(await contractTypes()), null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeContractSchema();
