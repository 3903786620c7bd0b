import { describe, expect, it } from 'vitest';
import { isVirtual, pathOfUri, uriOfPath } from '../../../server/src/base/uris.ts';
import { settingsOf } from '../../../server/src/lsp/from-lsp.ts';

describe('document names', () => {
  it.each([
    ['file:///a/b.c', '/a/b.c'],
    ['file:///with%20space/%C3%A9%23.c', '/with space/é#.c'],
    ['file://localhost/a/b.c', '/a/b.c'],
    ['file:///c%3A/src/foo.c', '/c:/src/foo.c'],
    ['file:///C:/src/foo.c', '/c:/src/foo.c'],
    ['file://server/share/foo.c', '//server/share/foo.c'],
    // A stray percent sign is a legal file name.
    ['file:///100%.c', '/100%.c'],
    ['/no/scheme.c', '/no/scheme.c'],
  ])('%s is the path %s', (uri, path) => {
    expect(pathOfUri(uri)).toBe(path);
  });

  it('keeps what is no file in a folder of its own', () => {
    expect(pathOfUri('untitled:Untitled-1', 'c')).toBe('/untitled:/Untitled-1.c');
    expect(pathOfUri('untitled:Untitled-2', 'rust')).toBe('/untitled:/Untitled-2.rs');
    expect(pathOfUri('untitled:/src/new.c', 'c')).toBe('/untitled:/src/new.c');
    expect(pathOfUri('vscode-vfs://host/tree/foo.c')).toBe('/vscode-vfs:/@host/tree/foo.c');
  });

  it.each([
    'untitled:/Untitled-1.c',
    'vscode-vfs://git%2Bhub/tree/a%20b.c',
    'vscode-remote://127.0.0.1:8000/x',
    'memfs:/x',
  ])('%s is found again by its path', (uri) => {
    expect(isVirtual(pathOfUri(uri))).toBe(true);
    expect(uriOfPath(pathOfUri(uri))).toBe(uri);
  });

  it.each(['/a/b.c', '/with space/é#?.c', '/c:/src/foo.c', '//server/share/foo.c', '/100%.c'])(
    '%s survives the way there and back',
    (path) => {
      expect(pathOfUri(uriOfPath(path))).toBe(path);
    },
  );
});

describe('settings of an editor', () => {
  const rules = ['unfenced-unregister'];

  it('say nothing where they are the default', () => {
    const sent = { severity: {}, allow: [], api: '', showMay: true, exclude: ['build/**'] };
    expect(settingsOf(sent, rules)).toEqual({ settings: { exclude: ['build/**'] }, problems: [] });
    expect(settingsOf({ trace: { server: 'verbose' } }, rules)).toEqual({ settings: {}, problems: [] });
    expect(settingsOf(null, rules)).toEqual({ settings: {}, problems: [] });
  });

  it('are checked', () => {
    const { settings, problems } = settingsOf({ severity: 'loud', api: 'F2' }, rules);
    expect(settings).toEqual({ api: 'F2' });
    expect(problems).toEqual([expect.stringContaining('severity')]);
    expect(settingsOf('nonsense', rules).problems).toHaveLength(1);
  });
});
