/** Device nodes of Rust modules as sites: the operations that user space can have run at the same time. */
import type { Context } from '../../knowledge/schema.ts';
import type { NodeSite, Operation } from '../nodes.ts';
import type { Tables } from '../tables.ts';

const OPERATIONS: ReadonlySet<Context> = new Set(['open', 'file-operation', 'release']);

/** One for each implementation of a trait of file operations. Nothing is said of when the node goes. */
export function rustSites(tables: Tables): readonly NodeSite[] {
  return tables.all.flatMap((table): NodeSite[] => {
    const operations = tables.roles.flatMap(({ fn, role, field, table: of }): Operation[] =>
      of === table && OPERATIONS.has(role.context)
        ? [{ field, fn, context: role.context as Operation['context'] }]
        : [],
    );
    if (operations.length === 0 || table.unit.ir.language !== 'rust') return [];
    return [
      {
        kind: 'misc',
        api: table.name,
        fn: undefined,
        at: { file: table.unit.path, span: table.span },
        cell: undefined,
        tables: [table],
        operations,
        unregisters: [],
        tableUnknown: false,
        pinnedBy: [],
        holder: undefined,
        macro: true,
      },
    ];
  });
}
