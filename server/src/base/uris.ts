/**
 * Editors name documents by URI, the engine by absolute path with `/`. A Windows path keeps its drive as the first part
 * (`/c:/src/foo.c`). What is no file on disk lives under a folder that never exists there: `/untitled:/Untitled-1.c`,
 * `/vscode-vfs:/@github/tree/foo.c`.
 */

const EXTENSION: Readonly<Record<string, string>> = { c: '.c', cpp: '.c', rust: '.rs' };

export function pathOfUri(uri: string, languageId?: string): string {
  const match = /^([A-Za-z][\w+.-]*):(?:\/\/([^/?#]*))?([^?#]*)/.exec(uri);
  if (match === null) return uri.startsWith('/') ? uri : `/${uri}`;
  const [, scheme = '', authority = '', rawPath = ''] = match;
  const path = decode(rawPath);
  if (scheme.toLowerCase() === 'file') {
    const drive = path.replace(/^\/([A-Za-z]):/, (_, letter: string) => `/${letter.toLowerCase()}:`);
    return authority === '' || authority === 'localhost' ? drive : `//${authority}${drive}`;
  }
  const extension = /\.\w+$/.test(path) ? '' : (EXTENSION[languageId ?? ''] ?? '');
  return `/${scheme}:/${authority === '' ? '' : `@${authority}/`}${path.replace(/^\/+/, '')}${extension}`;
}

/** A scheme has two letters or more; one is a drive. */
const VIRTUAL = /^\/([A-Za-z][\w+.-]+):\/(?:@([^/]*)(?:\/|$))?/;

/** The path of something that is no file on disk. */
export function isVirtual(path: string): boolean {
  return VIRTUAL.test(path);
}

export function uriOfPath(path: string): string {
  const virtual = VIRTUAL.exec(path);
  if (virtual !== null) {
    const [prefix, scheme = '', authority] = virtual;
    const rest = path.slice(prefix.length).split('/').map(encodeURIComponent).join('/');
    return authority === undefined ? `${scheme}:/${rest}` : `${scheme}://${authority}/${rest}`;
  }
  const unc = /^\/\/([^/]+)(\/.*)$/.exec(path);
  const encoded = (unc?.[2] ?? path).split('/').map(encodeURIComponent).join('/');
  return `file://${unc?.[1] ?? ''}${encoded}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray `%` is a legal file name that some clients send as it is.
    return text;
  }
}
