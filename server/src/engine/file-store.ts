/**
 * Texts and their intermediate representation. An open editor buffer hides the file on disk and keeps its
 * syntax tree for incremental parsing; every other tree is freed as soon as it is lowered. Lowered files are
 * remembered by the hash of their content, within a bound.
 */
import type { Host } from '../base/host.ts';
import type { Span } from '../base/span.ts';
import { hashDigest, hashInto, hashState } from '../ir/content-hash.ts';
import type { FileIr } from '../ir/ir.ts';
import type { FunctionCache, ParseText } from '../ir/lower-c.ts';
import { lowerC, lowerSource } from '../ir/lower-c.ts';
import { lowerRust } from '../ir/lower-rust.ts';
import type { CParser } from '../syntax/c-parser.ts';
import type { RustParser } from '../syntax/rust-parser.ts';
import type { SyntaxTree } from '../syntax/syntax-tree.ts';
import { BoundedCache } from './bounded-cache.ts';

/** A text and the hash of it. */
export interface StoredText {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
  /** What readers should know of how it was read: "not valid UTF-8, …". */
  readonly note?: string;
}

export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

interface Document {
  text: StoredText;
  version: number;
  tree: SyntaxTree | undefined;
  ir: FileIr | undefined;
  readonly functions: FunctionCache;
}

const TEXT_LIMIT = 24_000_000;
/** Characters of source whose representation is kept; it takes some twenty bytes for each. */
const IR_LIMIT = 3_000_000;

/** Hosts refuse larger files as well; an editor that holds one must not stall over it, in characters. */
const LARGEST_DOCUMENT = 4 * 1024 * 1024;

function isRust(path: string): boolean {
  return path.endsWith('.rs');
}

export function contentHash(text: string): string {
  const state = hashState();
  hashInto(state, text, 0, text.length);
  return hashDigest(state);
}

/** Owner of texts, trees and lowered files. */
export class FileStore {
  private readonly host: Host;
  private readonly parser: CParser;
  private readonly loadRust: () => Promise<RustParser>;
  private rustParser: RustParser | undefined;
  private readonly documents = new Map<string, Document>();
  private readonly texts = new BoundedCache<StoredText>(TEXT_LIMIT);
  private readonly lowered = new BoundedCache<FileIr>(IR_LIMIT);
  private diskRevision = 0;

  /** `loadRust` is asked when the first Rust file is read. */
  constructor(host: Host, parser: CParser, loadRust: () => Promise<RustParser>) {
    this.host = host;
    this.parser = parser;
    this.loadRust = loadRust;
  }

  open(path: string, text: string, version: number): void {
    this.close(path);
    this.diskRevision++;
    this.documents.set(path, {
      text: { path, text, hash: contentHash(text) },
      version,
      tree: undefined,
      ir: undefined,
      functions: new Map(),
    });
  }

  /** Edits in order, each against the text after the one before; one without a span replaces everything. */
  change(path: string, changes: readonly { readonly span?: Span; readonly text: string }[], version: number): void {
    const document = this.documents.get(path);
    if (document === undefined) return;
    let text = document.text.text;
    for (const change of changes) {
      text =
        change.span === undefined
          ? change.text
          : text.slice(0, change.span.start) + change.text + text.slice(change.span.end);
    }
    document.version = version;
    const hash = contentHash(text);
    if (hash === document.text.hash) return;
    document.text = { path, text, hash };
    document.ir = undefined;
    document.tree?.update(text);
  }

  close(path: string): void {
    const document = this.documents.get(path);
    document?.tree?.[Symbol.dispose]();
    this.documents.delete(path);
    this.invalidate(path);
  }

  /** A file changed on disk. */
  invalidate(path: string): void {
    this.diskRevision++;
    this.texts.delete(path);
  }

  version(path: string): number | undefined {
    return this.documents.get(path)?.version;
  }

  /** Changes when a text other than those of `paths` may have changed. */
  revisionBesides(paths: ReadonlySet<string>): string {
    const parts = [String(this.diskRevision)];
    for (const [path, { text }] of this.documents) if (!paths.has(path)) parts.push(text.hash);
    return parts.join(' ');
  }

  /** The open buffer, or what was last read and is still kept. */
  current(path: string): StoredText | undefined {
    return this.documents.get(path)?.text ?? this.texts.get(path);
  }

  async read(path: string): Promise<StoredText | Unreadable> {
    if (isRust(path)) this.rustParser ??= await this.loadRust();
    const open = this.documents.get(path)?.text.text.length ?? 0;
    if (open > LARGEST_DOCUMENT) return { path, reason: `larger than ${LARGEST_DOCUMENT / 1024 / 1024} Mi characters` };
    const known = this.current(path);
    if (known !== undefined) return known;
    const read = await this.host.readText(path);
    if (read.kind === 'unreadable') return { path, reason: read.reason };
    const stored: StoredText = {
      path,
      text: read.text,
      hash: contentHash(read.text),
      ...(read.note === undefined ? {} : { note: read.note }),
    };
    this.texts.set(path, stored, read.text.length);
    return stored;
  }

  /** The representation of a text that was just read. */
  ir(stored: StoredText): FileIr {
    const document = this.documents.get(stored.path);
    if (document !== undefined && document.text.hash === stored.hash) return this.documentIr(document);
    const key = isRust(stored.path) ? `rust ${stored.hash}` : stored.hash;
    const known = this.lowered.get(key);
    if (known !== undefined) return known;
    const ir = this.lowerOnce(stored);
    this.lowered.set(key, ir, stored.text.length);
    return ir;
  }

  private lowerOnce(stored: StoredText): FileIr {
    if (!isRust(stored.path)) return lowerSource(stored.text, this.parseC);
    using tree = this.parse(stored);
    return this.lower(stored.path, tree, new Map());
  }

  private documentIr(document: Document): FileIr {
    if (document.ir !== undefined) return document.ir;
    document.tree ??= this.parse(document.text);
    document.ir = this.lower(document.text.path, document.tree, document.functions);
    return document.ir;
  }

  private parse({ path, text }: StoredText): SyntaxTree {
    return this.parserOf(path).parse(text);
  }

  private readonly parseC: ParseText = (text, _variant, skip) => this.parser.parse(text, 'preferred', skip);

  private parserOf(path: string): CParser | RustParser {
    if (!isRust(path)) return this.parser;
    if (this.rustParser === undefined) throw new Error('a Rust text that was never read');
    return this.rustParser;
  }

  private lower(path: string, tree: SyntaxTree, cache: FunctionCache): FileIr {
    if (isRust(path)) return lowerRust(tree, { cache, parse: (text) => this.parserOf(path).parse(text) });
    return lowerC(tree, { cache, parse: this.parseC });
  }
}
