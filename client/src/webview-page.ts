/** A page of a webview that loads nothing: its own style and script are all that may apply or run. */

export interface PageParts {
  /** Not shown, but read by screen readers. */
  readonly title: string;
  readonly style: string;
  readonly body: string;
  readonly script: string;
}

export function securePage({ title, style, body, script }: PageParts): string {
  const nonce = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<style nonce="${nonce}">${style}</style></head>
<body>${body}<script nonce="${nonce}">${script}</script></body></html>`;
}
