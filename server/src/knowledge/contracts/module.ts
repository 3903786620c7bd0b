/** Macros that stand at file level: entry points, exports and notes about the module. */
import { contracts, inTree } from '../schema.ts';

export const moduleMacros = contracts({
  header: 'linux/module.h, linux/init.h, linux/export.h',
  macros: [
    {
      name: 'module_init',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'module_exit',
      does: [{ verb: 'entry', fn: 0, context: 'module-exit' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'early_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'pure_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'core_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'core_initcall_sync',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'postcore_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'postcore_initcall_sync',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'arch_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'arch_initcall_sync',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'subsys_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'subsys_initcall_sync',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'fs_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'fs_initcall_sync',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'rootfs_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'device_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'device_initcall_sync',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'late_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'late_initcall_sync',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'console_initcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-init' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: '__exitcall',
      does: [{ verb: 'entry', fn: 0, context: 'module-exit' }],
      evidence: [inTree('6.12', 'include/linux/init.h'), inTree('7.2', 'include/linux/init.h')],
    },
    {
      name: 'EXPORT_SYMBOL',
      does: [{ verb: 'exports', symbol: 0 }],
      evidence: [inTree('6.12', 'include/linux/export.h'), inTree('7.2', 'include/linux/export.h')],
    },
    {
      name: 'EXPORT_SYMBOL_GPL',
      does: [{ verb: 'exports', symbol: 0 }],
      evidence: [inTree('6.12', 'include/linux/export.h'), inTree('7.2', 'include/linux/export.h')],
    },
    {
      name: 'EXPORT_SYMBOL_NS',
      does: [{ verb: 'exports', symbol: 0 }],
      evidence: [inTree('6.12', 'include/linux/export.h'), inTree('7.2', 'include/linux/export.h')],
    },
    {
      name: 'EXPORT_SYMBOL_NS_GPL',
      does: [{ verb: 'exports', symbol: 0 }],
      evidence: [inTree('6.12', 'include/linux/export.h'), inTree('7.2', 'include/linux/export.h')],
    },
    {
      name: 'EXPORT_SYMBOL_FOR_MODULES',
      does: [{ verb: 'exports', symbol: 0 }],
      evidence: [inTree('7.2', 'include/linux/export.h')],
    },
    {
      name: 'EXPORT_SYMBOL_GPL_FOR_MODULES',
      does: [{ verb: 'exports', symbol: 0 }],
      evidence: [inTree('6.12', 'include/linux/export.h')],
    },
    {
      name: 'MODULE_LICENSE',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_AUTHOR',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_DESCRIPTION',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_VERSION',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_ALIAS',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_FIRMWARE',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_INFO',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_SOFTDEP',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_IMPORT_NS',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_DEVICE_TABLE',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/module.h'), inTree('7.2', 'include/linux/module.h')],
    },
    {
      name: 'MODULE_PARM_DESC',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      name: 'module_param',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      name: 'module_param_named',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      name: 'module_param_array',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      name: 'module_param_string',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      name: 'module_param_cb',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      name: 'module_param_call',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      name: 'module_param_hw',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
    {
      name: 'module_param_array_named',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/moduleparam.h'), inTree('7.2', 'include/linux/moduleparam.h')],
    },
  ],
});
