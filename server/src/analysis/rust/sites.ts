/** Device nodes of Rust modules as sites: the operations that user space can have run at the same time. */
import type { Context } from '../../knowledge/schema.ts';
import type { NodeSite, Operation } from '../nodes.ts';
import type { Tables } from '../tables.ts';
import { typeOfTable } from './translate.ts';

const OPERATIONS: ReadonlySet<Context> = new Set(['open', 'file-operation', 'release']);

/** One for each type that implements traits of file operations. Nothing is said of when the node goes. */
export function rustSites(tables: Tables): readonly NodeSite[] {
  const sites = new Map<string, NodeSite>();
  for (const table of tables.all) {
    if (table.unit.ir.language !== 'rust') continue;
    const operations = tables.roles.flatMap(({ fn, role, field, table: of }): Operation[] =>
      of === table && OPERATIONS.has(role.context)
        ? [{ field, fn, context: role.context as Operation['context'] }]
        : [],
    );
    if (operations.length === 0) continue;
    const type = typeOfTable(table.name);
    const known = sites.get(type);
    sites.set(type, {
      kind: 'misc',
      api: table.name,
      fn: undefined,
      at: { file: table.unit.path, span: table.span },
      cell: undefined,
      unregisters: [],
      tableUnknown: false,
      pinnedBy: [],
      holder: undefined,
      callbacks: [],
      macro: true,
      ...known,
      tables: [...(known?.tables ?? []), table],
      operations: [...(known?.operations ?? []), ...operations],
    });
  }
  return [...sites.values()];
}
