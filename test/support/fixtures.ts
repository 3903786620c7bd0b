/**
 * Grammar of fixture files. A fixture is a real `.c` or `.rs` file; what it promises stands in comments:
 *
 *   //~ rule-id(message-id)        exactly this finding starts on this line
 *   //~^ rule-id(message-id)       … one line above (one more `^` for each further line)
 *   //~ FP rule-id(message-id)     reported today, and wrong
 *   //~ FN rule-id(message-id)     not reported today, and should be
 *   //- path/name.h                a new file starts on the next line (a Makefile is one too)
 *   //- kernel: 6.12               kernel generation, default the newest
 *   //- options: {…}               settings as JSON
 *   $0                             the cursor; removed from the text
 *
 * Markers are blanked to spaces, so that offsets hold and comments cannot influence the analyser.
 */

/** A promise about one finding. `line` is zero-based in `file`. */
export interface Expectation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
  readonly known?: 'FP' | 'FN';
}

export interface FixtureFile {
  /** Relative to the fixture's own folder. */
  readonly name: string;
  readonly text: string;
}

export interface Fixture {
  /** In the order of the fixture; the first is the one that the fixture is about. */
  readonly files: readonly FixtureFile[];
  readonly expectations: readonly Expectation[];
  readonly kernel?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly cursor?: { readonly file: string; readonly offset: number };
}

const DIRECTIVE = /^\/\/- (kernel|options): (.+)$/;
const FILE_HEADER = /^\/\/- (\S+)$/;
const MARKER = /^\/\/~(\^*) (?:(FP|FN) )?([a-z][a-z0-9-]*)\((\w+)\)\s*$/;
const CURSOR = '$0';

/** Reads a fixture; `name` is what its first part is called. Throws on a marker that it cannot read: a typo must not become a missing promise. */
export function parseFixture(name: string, source: string): Fixture {
  const parts = splitFiles(name, source);
  const expectations: Expectation[] = [];
  const files: FixtureFile[] = [];
  let cursor: Fixture['cursor'];
  for (const part of parts.files) {
    const lines = part.lines.map((line, index) => {
      const { text, found } = takeMarkers(`${part.name}:${index + 1}`, line);
      for (const marker of found) {
        const at = index - marker.up;
        if (at < 0) throw new Error(`${part.name}:${index + 1}: marker points above the file`);
        expectations.push({ ...marker.expectation, file: part.name, line: at });
      }
      return text;
    });
    let text = lines.join('\n');
    const at = text.indexOf(CURSOR);
    if (at >= 0) {
      if (cursor !== undefined || text.includes(CURSOR, at + 1)) throw new Error(`${name}: more than one cursor`);
      cursor = { file: part.name, offset: at };
      text = text.slice(0, at) + text.slice(at + CURSOR.length);
    }
    files.push({ name: part.name, text });
  }
  return { files, expectations, ...parts.settings, ...(cursor === undefined ? {} : { cursor }) };
}

interface Part {
  readonly name: string;
  readonly lines: string[];
}

function splitFiles(name: string, source: string): { files: Part[]; settings: Pick<Fixture, 'kernel' | 'options'> } {
  const first: Part = { name, lines: [] };
  const named: Part[] = [];
  const settings: { kernel?: string; options?: Record<string, unknown> } = {};
  let current = first;
  for (const line of source.split('\n')) {
    const directive = DIRECTIVE.exec(line);
    const header = FILE_HEADER.exec(line);
    if (directive !== null) {
      const value = directive[2] ?? '';
      if (directive[1] === 'kernel') settings.kernel = value.trim();
      else settings.options = JSON.parse(value) as Record<string, unknown>;
      current.lines.push(' '.repeat(line.length));
    } else if (header !== null) {
      current = { name: header[1] ?? '', lines: [] };
      if (named.some((part) => part.name === current.name)) throw new Error(`${name}: ${current.name} starts twice`);
      named.push(current);
    } else if (line.startsWith('//-')) {
      throw new Error(`${name}: cannot read the directive "${line}"`);
    } else {
      current.lines.push(line);
    }
  }
  // What stands before the first file header is a preamble when it is comments only, a file of its own otherwise.
  const preamble = named.length > 0 && first.lines.every((line) => /^\s*(\/\/.*|\/\*.*\*\/)?\s*$/.test(line));
  return { files: preamble ? named : [first, ...named], settings };
}

interface Marker {
  readonly up: number;
  readonly expectation: Pick<Expectation, 'rule' | 'message' | 'known'>;
}

function takeMarkers(place: string, line: string): { text: string; found: Marker[] } {
  const at = line.indexOf('//~');
  if (at < 0) return { text: line, found: [] };
  const found = line
    .slice(at)
    .split(/(?=\/\/~)/)
    .map((text): Marker => {
      const match = MARKER.exec(text);
      if (match === null) throw new Error(`${place}: cannot read the marker "${text.trim()}"`);
      const known = match[2] as 'FP' | 'FN' | undefined;
      return {
        up: match[1]?.length ?? 0,
        expectation: { rule: match[3] ?? '', message: match[4] ?? '', ...(known === undefined ? {} : { known }) },
      };
    });
  return { text: line.slice(0, at) + ' '.repeat(line.length - at), found };
}

/** A finding as markers see it. `line` is zero-based. */
export interface Reported {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

const keyOf = (item: Reported): string => `${item.file}:${item.line + 1}: ${item.rule}(${item.message})`;

/**
 * Strict both ways: sentences about findings without a marker and markers without a finding. An `FP` marker wants its finding, as
 * a plain marker does; an `FN` marker wants its absence, so that a repaired analysis makes people take the marker away.
 */
export function compareFindings(expectations: readonly Expectation[], reported: readonly Reported[]): string[] {
  const left = new Map<string, number>();
  for (const item of reported) left.set(keyOf(item), (left.get(keyOf(item)) ?? 0) + 1);
  const complaints: string[] = [];
  for (const expected of expectations) {
    const key = keyOf(expected);
    const count = left.get(key) ?? 0;
    if (expected.known === 'FN') {
      if (count > 0) complaints.push(`${key} is reported now: take "FN" out of its marker`);
      left.delete(key);
    } else if (count === 0) {
      complaints.push(
        expected.known === 'FP' ? `${key} is no longer reported: remove its FP marker` : `${key} is not reported`,
      );
    } else {
      left.set(key, count - 1);
    }
  }
  for (const [key, count] of left) {
    if (count > 0) complaints.push(`${key} is reported without a marker${count > 1 ? ` (${count} times)` : ''}`);
  }
  return complaints.sort();
}
