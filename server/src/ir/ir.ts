/**
 * The intermediate representation: one shape for C and Rust. Lowering makes it from syntax, analysis reads it,
 * and no syntax node gets through. It is plain JSON, so that facts of a file can be stored by content.
 *
 * - A function is a control-flow graph of basic blocks; block 0 is the entry.
 * - Calls are hoisted out of expressions in evaluation order: a call is an operation of its own and its
 *   result is a `temp` value. `&&`, `||`, `!` and `?:` in conditions become control flow.
 * - A place is an access path: a root and steps (`priv->hw.regs` is root `priv`, deref, field hw, field regs).
 *   Array subscripts collapse into one `index` step.
 * - Spans inside a function are relative to the function's start, so a function that moves keeps its identity.
 * - Lowering never fails. What cannot be read becomes a `havoc` operation that forgets facts, and says so.
 *
 * Rust, where it differs:
 * - A method call is a call of `.name` with the receiver first: the address of a field path, else the value itself.
 *   Which type's method it is, analysis finds out. A function called by path has its full path as name.
 * - `is P` and `as P` are operators: the test whether a value fits the pattern `P`, and what stands inside it
 *   (`as Some`, `as Ok`); `e?` tests `is Ok` (which also means `Some`) and continues with `as Ok`. `as P.1` is the second part.
 * - Field paths have no `deref` steps, save for `*p`: which pointers are followed depends on types.
 * - Drops are calls of origin `cleanup`; see there.
 */
import type { Span } from '../base/span.ts';

/** A type as far as analysis needs it: `struct foo *` is base `struct foo`, pointers 1. Other qualifiers than `const` are dropped. */
export interface TypeRef {
  /** `struct foo`, `union u`, `enum e`, a typedef name, or a builtin such as `int`, `void`. */
  readonly base: string;
  readonly pointers: number;
  readonly array?: boolean;
  /** Set for function pointers; the parameters are not kept. */
  readonly function?: boolean;
  /**
   * Annotations that the kernel hides from the compiler (`__iomem`, `__user`, `__rcu`, `__percpu`), and `const`.
   * Rust: what kinds of pointers there are, outermost first: `&`, `&mut`, `*`.
   */
  readonly annotations?: readonly string[];
  /** Rust: generic arguments, elements of a tuple (`()`), parameters of a closure bound. Lifetimes are left out. */
  readonly arguments?: readonly TypeRef[];
  /** Rust: the full path of a type that is used by path or by a `use`; `base` is its last word. */
  readonly path?: string;
}

export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'deref' }
  /** `a[i]`; whether it dereferences depends on the type of what stands before it. `by`: the local that `i` is. */
  | { readonly kind: 'index'; readonly by?: string };

export type Root =
  /**
   * A parameter or local of the function; a shadowing local is renamed `name#2`, `name#3`, …
   * `$1`, `$2`, … hold values that control flow computes, and `#0`, `#1`, … are parameters without a name.
   */
  | { readonly kind: 'local'; readonly name: string }
  /** Anything that is not declared in the function: a global, a function, a macro constant. */
  | { readonly kind: 'global'; readonly name: string }
  /** The value of an expression, e.g. a call result or `container_of`. */
  | { readonly kind: 'value'; readonly value: Value };

export interface Place {
  readonly root: Root;
  readonly steps: readonly Step[];
  /** Relative to the function's start; absent in file-level initializers only. */
  readonly span?: Span;
}

export type Value =
  /** The content of a place. A global that names a function is read as a function pointer. */
  | { readonly kind: 'read'; readonly place: Place }
  | { readonly kind: 'address'; readonly place: Place }
  /** A number, or a name that only the preprocessor knows (`-ENODEV` is operator `-` on constant `ENODEV`). */
  | { readonly kind: 'constant'; readonly text: string; readonly number?: number }
  | { readonly kind: 'string'; readonly text: string }
  /** The result of the call operation with this id, in the same function. */
  | { readonly kind: 'temp'; readonly id: number }
  | { readonly kind: 'operator'; readonly operator: string; readonly operands: readonly Value[] }
  /** `sizeof(type)` or, with `of`, `sizeof(expression)`. */
  | { readonly kind: 'sizeof'; readonly type?: TypeRef; readonly of?: Value }
  /** A type used as a macro argument (`kzalloc_obj(struct foo)`). */
  | { readonly kind: 'type'; readonly type: TypeRef }
  | { readonly kind: 'cast'; readonly type: TypeRef; readonly value: Value }
  /** `container_of(value, type, member.path)`: the object around the member that `value` points to. */
  | { readonly kind: 'container'; readonly value: Value; readonly type: TypeRef; readonly member: readonly string[] }
  /** An element that a loop macro or `list_first_entry` takes from a container: `macro` tells which. */
  | {
      readonly kind: 'element';
      readonly macro: string;
      readonly of: Value;
      readonly type?: TypeRef;
      readonly member?: readonly string[];
    }
  /** A braced initializer or compound literal. `path` is the designator (`.ops.read` → ['ops','read']); absent when positional. */
  | { readonly kind: 'aggregate'; readonly type?: TypeRef; readonly fields: readonly AggregateField[] }
  /** An expression whose value does not matter or was not understood. `parts` keeps what was read while computing it. */
  | { readonly kind: 'unknown'; readonly parts: readonly Value[] };

export interface AggregateField {
  readonly path?: readonly string[];
  /** Position among the elements when there is no designator. */
  readonly index: number;
  readonly value: Value;
  /** Absolute in file-level initializers, relative to the function otherwise. */
  readonly span: Span;
}

export type Callee =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'indirect'; readonly through: Value };

/** How a `call` came to be. */
export type CallOrigin =
  | 'call'
  /** `guard(class)(lock)`, `scoped_guard(class, lock)`, `CLASS(class, var)(args)`: callee is the class name, args follow. */
  | 'guard-enter'
  /** End of that guard's scope; `guard` names the operation that entered. */
  | 'guard-exit'
  /**
   * `__free(name)` at the end of a variable's scope: callee is `name`, the argument reads the variable. Rust: the callee is
   * `drop`, the argument a variable at the end of its block, or the temporary whose statement ends here, moved from or not.
   */
  | 'cleanup';

export type Operation =
  | {
      readonly kind: 'call';
      /** Unique in the function; `temp` values refer to it. */
      readonly id: number;
      readonly callee: Callee;
      readonly args: readonly Value[];
      readonly origin: CallOrigin;
      /** For `guard-exit`: id of the matching `guard-enter`. */
      readonly guard?: number;
      readonly span: Span;
    }
  /** `to = value`; a declaration with initializer is one too. `compound` is `+=`, `|=`, …; `x++` is `+=` 1. */
  | {
      readonly kind: 'assign';
      readonly to: Place;
      readonly value: Value;
      readonly compound?: string;
      readonly span: Span;
    }
  /** A value computed for nothing else but its reads (`x->y;`, an operand of a dropped expression). */
  | { readonly kind: 'evaluate'; readonly value: Value; readonly span: Span }
  /** Something here was not understood: anything may have happened. `text` is at most 80 characters of it. */
  | { readonly kind: 'havoc'; readonly reason: string; readonly text: string; readonly span: Span };

export type Terminator =
  | { readonly kind: 'goto'; readonly to: number }
  /** `condition` holds no `&&`, `||` or outer `!`. */
  | {
      readonly kind: 'branch';
      readonly condition: Value;
      readonly then: number;
      readonly otherwise: number;
      readonly span: Span;
    }
  | {
      readonly kind: 'switch';
      readonly value: Value;
      readonly cases: readonly { readonly labels: readonly Value[]; readonly to: number }[];
      readonly otherwise: number;
      readonly span: Span;
    }
  | { readonly kind: 'return'; readonly value?: Value; readonly span: Span }
  /** Control never gets here: `BUG()`, after an endless loop. */
  | { readonly kind: 'unreachable' };

export interface Block {
  readonly operations: readonly Operation[];
  readonly end: Terminator;
}

export interface Parameter {
  readonly name: string;
  readonly type: TypeRef;
}

/** A function body. Contains no absolute position: equal text gives an equal object. */
export interface FunctionIr {
  readonly name: string;
  readonly isStatic: boolean;
  readonly returns: TypeRef;
  readonly parameters: readonly Parameter[];
  /** Locals by (renamed) name, parameters included. */
  readonly locals: Readonly<Record<string, TypeRef>>;
  readonly blocks: readonly Block[];
  /** Span of the name, relative to the function's start. */
  readonly nameSpan: Span;
  /** Hash of the function's text after the dialect pass, hex. */
  readonly hash: string;
  /** A function-like macro of the driver that was parsed from its body. */
  readonly macro?: boolean;
  /** Rust: the type and, where the function implements one, the trait. The function's name is `Type::name`. */
  readonly method?: { readonly type: TypeRef; readonly trait?: TypeRef };
  /** Rust: bounds of generic parameters, as far as they are plain traits: `T` → `Handler`. */
  readonly generics?: Readonly<Record<string, TypeRef>>;
  /** Rust: a closure, named `outer::{closure#1}`. Locals of the function around it keep their names in it. */
  readonly closureOf?: string;
  /** Rust: the body needs the caller's promise, or the function is called from C. */
  readonly qualifiers?: readonly ('unsafe' | 'extern')[];
}

export interface FunctionAt {
  /** Offset of the function's start in the file. */
  readonly at: number;
  readonly end: number;
  readonly ir: FunctionIr;
}

export interface FieldDeclaration {
  readonly name: string;
  readonly type: TypeRef;
  /** Members of an anonymous struct or union are spliced into the parent; a named inline struct gets the type name `struct parent.field`. */
  readonly span: Span;
}

export interface StructDeclaration {
  /** `struct foo` / `union foo`, or the typedef name of an anonymous one. */
  readonly name: string;
  readonly fields: readonly FieldDeclaration[];
  readonly span: Span;
}

export interface GlobalDeclaration {
  readonly name: string;
  readonly type: TypeRef;
  readonly isStatic: boolean;
  readonly isExtern: boolean;
  readonly initializer?: Value;
  readonly span: Span;
}

/** A call of a macro at file level: `module_init(foo)`, `MODULE_DEVICE_TABLE(…)`, `EXPORT_SYMBOL_GPL(foo)`, `DEFINE_MUTEX(x)`. */
export interface MacroCall {
  readonly name: string;
  readonly args: readonly Value[];
  readonly span: Span;
}

/** Rust: `impl Trait for Type`, or `impl Type` without a trait. Its functions are in `functions`. */
export interface ImplDeclaration {
  readonly type: TypeRef;
  readonly trait?: TypeRef;
  /** Names of the functions in it, without the type. */
  readonly functions: readonly string[];
  /** Associated types: `Data` → its type. */
  readonly types: Readonly<Record<string, TypeRef>>;
  readonly span: Span;
}

/** What was not understood in a file, and where. */
export interface ParseProblem {
  readonly span: Span;
  readonly reason: string;
}

/** Everything analysis needs of one file. JSON; keyed by the content's hash. */
export interface FileIr {
  readonly language: 'c' | 'rust';
  readonly functions: readonly FunctionAt[];
  readonly structs: readonly StructDeclaration[];
  /** typedef name → type. */
  readonly typedefs: Readonly<Record<string, TypeRef>>;
  readonly globals: readonly GlobalDeclaration[];
  readonly macroCalls: readonly MacroCall[];
  /** `#include` targets with their quotes or brackets: `"foo.h"`, `<linux/fs.h>`. */
  readonly includes: readonly string[];
  /** Object-like macros: name → replacement text, at most 200 characters. */
  readonly constants: Readonly<Record<string, string>>;
  /** Prototypes without body: name → return type. */
  readonly prototypes: Readonly<Record<string, TypeRef>>;
  /** Rust: where the file's types get their methods. */
  readonly impls?: readonly ImplDeclaration[];
  /** Rust: name → full path, from `use` declarations. */
  readonly uses?: Readonly<Record<string, string>>;
  readonly problems: readonly ParseProblem[];
}
