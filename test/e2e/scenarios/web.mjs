// @ts-check
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.mjs';

/** As in a browser-only VS Code: client and server run in web workers, in a window of their own. @type {import('../run.mjs').Scenario} */
export async function web({ workbench, server }) {
  // Without its entry for Node, the extension can only run in the browser.
  const extension = join(server.root, 'web-extension');
  cpSync(server.extension, extension, { recursive: true });
  const manifest = join(extension, 'package.json');
  const { main, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
  assert.ok(main);
  writeFileSync(manifest, JSON.stringify(rest));

  const window = await workbench.openWindow(server.secondWorkspace, [
    ['extensionDevelopmentPath', server.uri(extension)],
  ]);
  try {
    await window.openFile('relay_cdev.c', 82, 2);
    await until(
      'a squiggle from a web worker',
      () => window.squiggles(),
      (seen) =>
        seen.some(({ severity, line, text }) => severity === 'error' && line === 82 && text.startsWith('cdev_del(')),
    );
    await window.lensAbove(82, 'can still run');
    await window.hover(82, 'cdev_del', 'unfenced-unregister');
    await window.picture('web');
    assert.deepEqual(server.languageServers(extension), []);
  } catch (error) {
    await window.picture('failed-web-window');
    throw error;
  } finally {
    await window.page.close();
  }
}
