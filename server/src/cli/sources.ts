/** Texts that a report quotes, read before it is rendered so that rendering stays pure. */
import type { Host } from '../base/host.ts';
import { relative } from '../base/host.ts';
import type { Location, Position } from '../base/span.ts';
import { LineIndex } from '../base/span.ts';
import type { FileReport, Finding } from '../engine/api.ts';

export interface Source {
  readonly text: string;
  readonly lines: LineIndex;
}

/** Text and lines of a file; empty where it could not be read. */
export type Sources = ReadonlyMap<string, Source>;

/** A place as people and formats write it: one-based, with the path that the report shows. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly fn?: string;
}

/** Reads every file that the findings and nodes point into. */
export async function readSources(host: Host, files: Iterable<string>): Promise<Sources> {
  const sources = new Map<string, Source>();
  for (const file of new Set(files)) {
    const read = await host.readText(file);
    const text = read.kind === 'text' ? read.text : '';
    sources.set(file, { text, lines: new LineIndex(text) });
  }
  return sources;
}

/** Files that a finding's place and story name. */
export function filesOf(finding: Finding): readonly string[] {
  const steps = [...(finding.witness?.user ?? []), ...(finding.witness?.teardown ?? [])];
  return [finding.at.file, ...steps.map((step) => step.at.file)];
}

export function filesOfReports(reports: readonly FileReport[]): readonly string[] {
  return reports.flatMap((report) => [
    ...report.findings.flatMap(filesOf),
    ...report.suppressed.flatMap(({ finding }) => filesOf(finding)),
    ...report.notes.map((note) => note.at.file),
  ]);
}

export function placeOf(at: Location, sources: Sources, root: string): Place {
  const lines = sources.get(at.file)?.lines ?? new LineIndex('');
  const start: Position = lines.positionAt(at.span.start);
  const end: Position = lines.positionAt(at.span.end);
  return {
    path: relative(root, at.file),
    line: start.line + 1,
    column: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
    ...(at.fn === undefined ? {} : { fn: at.fn }),
  };
}

/** The line of source at a place, without its indentation and end. */
export function sourceLine(at: Location, sources: Sources): string {
  const source = sources.get(at.file);
  if (source === undefined) return '';
  const { line } = source.lines.positionAt(at.span.start);
  return source.text.slice(source.lines.lineStart(line), source.lines.lineStart(line + 1)).trim();
}
