/** The intermediate representation as text: C-like values for messages, blocks and operations for snapshots and debugging. */
import type { Callee, FileIr, FunctionIr, Operation, Place, Step, Terminator, TypeRef, Value } from './ir.ts';

export function renderType(type: TypeRef): string {
  const stars = '*'.repeat(type.pointers);
  const annotations = type.annotations === undefined ? '' : ` ${type.annotations.join(' ')}`;
  const suffix = `${type.array ? '[]' : ''}${type.function ? '()' : ''}`;
  return `${type.base}${annotations}${stars === '' ? '' : ` ${stars}`}${suffix}`;
}

/** C-like: `priv->ec_dev->cmd_offset`, `*p`, `x->ring[]`. */
export function renderPlace(place: Place): string {
  const { root, steps } = place;
  const start = root.kind === 'value' ? renderRootValue(root.value, steps.length > 0) : root.name;
  return renderSteps(start, steps);
}

function renderRootValue(value: Value, hasSteps: boolean): string {
  const text = renderValue(value);
  const needsParentheses = hasSteps && (value.kind === 'operator' || value.kind === 'cast' || value.kind === 'address');
  return needsParentheses ? `(${text})` : text;
}

function renderSteps(start: string, steps: readonly Step[]): string {
  let text = start;
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'field') {
      text += steps[index - 1]?.kind === 'deref' ? `->${step.name}` : `.${step.name}`;
    } else if (step.kind === 'index') {
      text = text.startsWith('*') ? `(${text})[]` : `${text}[]`;
    } else if (steps[index + 1]?.kind !== 'field') {
      text = `*${text}`;
    } else if (text.startsWith('*')) {
      text = `(${text})`;
    }
  }
  return text;
}

/** C-like: `&x->misc`, `IS_ERR(t3)`. */
export function renderValue(value: Value): string {
  switch (value.kind) {
    case 'read':
      return renderPlace(value.place);
    case 'address':
      return `&${renderPlace(value.place)}`;
    case 'constant':
    case 'string':
      return value.text;
    case 'temp':
      return `t${value.id}`;
    case 'operator':
      return renderOperator(value.operator, value.operands);
    case 'sizeof':
      return `sizeof(${value.type === undefined ? (value.of === undefined ? '' : renderValue(value.of)) : renderType(value.type)})`;
    case 'type':
      return renderType(value.type);
    case 'cast':
      return `(${renderType(value.type)})${renderOperand(value.value)}`;
    case 'container':
      return `container_of(${[renderValue(value.value), renderType(value.type), value.member.join('.')].join(', ')})`;
    case 'element': {
      const rest = [value.type === undefined ? undefined : renderType(value.type), value.member?.join('.')].filter(
        (part) => part !== undefined,
      );
      return `${value.macro}(${[renderValue(value.of), ...rest].join(', ')})`;
    }
    case 'aggregate': {
      const fields = value.fields.map((field) => `${renderDesignator(field.path)}${renderValue(field.value)}`);
      return `${value.type === undefined ? '' : `(${renderType(value.type)})`}{ ${fields.join(', ')} }`;
    }
    case 'unknown':
      return value.parts.length === 0 ? '?' : `?(${value.parts.map(renderValue).join(', ')})`;
  }
}

function renderDesignator(path: readonly string[] | undefined): string {
  if (path === undefined) return '';
  return `${path.map((part) => (part.startsWith('[') ? part : `.${part}`)).join('')} = `;
}

function renderOperand(value: Value): string {
  return value.kind === 'operator' && value.operands.length > 1 ? `(${renderValue(value)})` : renderValue(value);
}

function renderOperator(operator: string, operands: readonly Value[]): string {
  const [first, second, third] = operands.map(renderOperand);
  if (operator === '?:') return `${first} ? ${second} : ${third}`;
  if (/^\w/.test(operator) && second === undefined) return `${operator} (${first ?? ''})`;
  return second === undefined ? `${operator}${first ?? ''}` : `${first} ${operator} ${second}`;
}

function renderCallee(callee: Callee): string {
  return callee.kind === 'named' ? callee.name : `(*${renderValue(callee.through)})`;
}

export function renderOperation(operation: Operation): string {
  switch (operation.kind) {
    case 'call': {
      const verb =
        operation.origin === 'guard-exit'
          ? `exit t${operation.guard ?? '?'}`
          : operation.origin === 'guard-enter'
            ? 'enter'
            : operation.origin;
      return `t${operation.id} = ${verb} ${renderCallee(operation.callee)}(${operation.args.map(renderValue).join(', ')})`;
    }
    case 'assign':
      return `${renderPlace(operation.to)} ${operation.compound ?? '='} ${renderValue(operation.value)}`;
    case 'evaluate':
      return `evaluate ${renderValue(operation.value)}`;
    case 'havoc':
      return `havoc ${operation.reason}: ${operation.text}`;
  }
}

export function renderTerminator(end: Terminator): string {
  switch (end.kind) {
    case 'goto':
      return `goto b${end.to}`;
    case 'branch':
      return `if ${renderValue(end.condition)} then b${end.then} else b${end.otherwise}`;
    case 'switch': {
      const cases = end.cases.map((one) => `${one.labels.map(renderValue).join(', ')} -> b${one.to}`);
      return `switch ${renderValue(end.value)} { ${[...cases, `default -> b${end.otherwise}`].join('; ')} }`;
    }
    case 'return':
      return end.value === undefined ? 'return' : `return ${renderValue(end.value)}`;
    case 'unreachable':
      return 'unreachable';
  }
}

export function renderFunction(fn: FunctionIr): string {
  const parameters = fn.parameters.map((parameter) => `${parameter.name}: ${renderType(parameter.type)}`).join(', ');
  const head = `${fn.macro ? 'macro ' : fn.isStatic ? 'static ' : ''}${fn.name}(${parameters}): ${renderType(fn.returns)}`;
  const lines = [head];
  for (const [index, block] of fn.blocks.entries()) {
    lines.push(`b${index}:`);
    for (const operation of block.operations) lines.push(`  ${renderOperation(operation)}`);
    lines.push(`  ${renderTerminator(block.end)}`);
  }
  return lines.join('\n');
}

/** All of a file, one item a line save for functions; spans are left out. */
export function renderFile(file: FileIr): string {
  const lines: string[] = [];
  for (const include of file.includes) lines.push(`include ${include}`);
  for (const [name, text] of Object.entries(file.constants)) lines.push(`constant ${name} = ${text}`);
  for (const struct of file.structs)
    lines.push(
      `${struct.name} { ${struct.fields.map((field) => `${field.name}: ${renderType(field.type)}`).join('; ')} }`,
    );
  for (const [name, type] of Object.entries(file.typedefs)) lines.push(`typedef ${name} = ${renderType(type)}`);
  for (const [name, type] of Object.entries(file.prototypes)) lines.push(`prototype ${name}: ${renderType(type)}`);
  for (const global of file.globals) {
    const words = `${global.isExtern ? 'extern ' : ''}${global.isStatic ? 'static ' : ''}`;
    lines.push(
      `${words}${global.name}: ${renderType(global.type)}${global.initializer === undefined ? '' : ` = ${renderValue(global.initializer)}`}`,
    );
  }
  for (const call of file.macroCalls) lines.push(`${call.name}(${call.args.map(renderValue).join(', ')})`);
  for (const fn of file.functions) lines.push(renderFunction(fn.ir));
  for (const problem of file.problems)
    lines.push(`problem ${problem.span.start}-${problem.span.end}: ${problem.reason}`);
  return lines.join('\n');
}
