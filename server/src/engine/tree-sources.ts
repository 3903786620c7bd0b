/** Files of a kernel tree that the knowledge base names as evidence, read when a person asks for what they say. */
import type { Host } from '../base/host.ts';
import { join } from '../base/host.ts';
import type { TreeTexts } from '../features/kernel-doc.ts';
import type { Evidence } from '../knowledge/schema.ts';
import type { RootInfo } from './api.ts';
import { BoundedCache } from './bounded-cache.ts';

/** Characters of text that are kept. */
const LIMIT = 2_000_000;
/** Evidence of more files than these says the same again. */
const MOST_FILES = 3;

export class TreeSources {
  private readonly host: Host;
  private readonly texts = new BoundedCache<string>(LIMIT);

  constructor(host: Host) {
    this.host = host;
  }

  /** Texts of the files that the evidence names, as far as the root's tree has them. */
  async read(root: RootInfo, evidence: readonly Evidence[]): Promise<TreeTexts> {
    const found = new Map<string, { path: string; text: string }>();
    const kernel = root.settings.kernel === '' ? root.tree : root.settings.kernel;
    if (kernel === undefined) return found;
    for (const name of [...new Set(evidence.map(({ file }) => file))].slice(0, MOST_FILES)) {
      const path = join(kernel, name);
      let text = this.texts.get(path);
      if (text === undefined) {
        const read = await this.host.readText(path);
        text = read.kind === 'text' ? read.text : '';
        this.texts.set(path, text, text.length);
      }
      if (text !== '') found.set(name, { path, text });
    }
    return found;
  }

  /** A file changed on disk. */
  invalidate(path: string): void {
    this.texts.delete(path);
  }
}
