/** Expressions of plain C as nodes of the grammar; see c-body. */
import { punctuator, TokenKind } from '../syntax/c-scanner.ts';
import { adopt, CODE, giveUp, made, TokenReader, Word } from './c-body-tokens.ts';
import type { CNode } from './c-node.ts';

interface Operator {
  readonly spelling: string;
  readonly precedence: number;
}

const BINARY: ReadonlyMap<number, Operator> = new Map(
  [['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '>', '<=', '>='], ['<<', '>>'], ['+', '-'], ['*', '/', '%']]
    .flatMap((spellings, precedence) => spellings.map((spelling) => ({ spelling, precedence })))
    .map((operator) => [punctuator(operator.spelling), operator]),
);

const ASSIGNMENT: ReadonlyMap<number, string> = new Map(
  ['=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|='].map((spelling) => [
    punctuator(spelling),
    spelling,
  ]),
);

const ASSIGNABLE: ReadonlySet<string> = new Set([
  'identifier',
  'call_expression',
  'field_expression',
  'pointer_expression',
  'subscript_expression',
  'parenthesized_expression',
]);

const UNARY: ReadonlyMap<number, string> = new Map([
  [CODE.star, '*'],
  [CODE.ampersand, '&'],
  [CODE.not, '!'],
  [CODE.complement, '~'],
  [CODE.minus, '-'],
  [CODE.plus, '+'],
]);

/**
 * Between `(x)` and what follows them the grammar may see a cast or an operation (of `&&`, a cast of `& &y`), and decides by
 * more than the next token.
 */
const UNDECIDED: ReadonlySet<number> = new Set([
  ...[CODE.star, CODE.ampersand, CODE.minus, CODE.plus, CODE.increment, CODE.decrement, CODE.and],
]);

const ACCESS: ReadonlySet<number> = new Set([
  CODE.open,
  CODE.openBracket,
  CODE.dot,
  CODE.arrow,
  CODE.increment,
  CODE.decrement,
]);

export abstract class ExpressionReader extends TokenReader {
  /** `{ … }`, in parentheses or as an argument. */
  abstract compound(field: string | null): CNode;

  /** Whether what stands `ahead` is the start of a type and of nothing else. */
  protected isTypeAt(ahead: number): boolean {
    if (this.kind(ahead) !== TokenKind.Identifier) return false;
    const word = this.word(ahead);
    if (word !== Word.Name) return word >= Word.Primitive && word <= Word.Qualifier;
    // `(foo *)`, `(foo const *)`.
    let at = ahead + 1;
    while (this.code(at) === CODE.star || (this.kind(at) === TokenKind.Identifier && this.word(at) === Word.Qualifier))
      at++;
    return at > ahead + 1 && this.code(at) === CODE.close;
  }

  /** An expression, or several with commas between them. */
  protected commaExpression(field: string | null): CNode {
    const left = this.expression(field);
    if (this.code() !== CODE.comma) return left;
    adopt(left, 'left');
    return made('comma_expression', field, [left, this.take(','), this.commaExpression('right')]);
  }

  protected expression(field: string | null): CNode {
    const left = this.conditional(field);
    const operator = ASSIGNMENT.get(this.code());
    if (operator === undefined) return left;
    if (!ASSIGNABLE.has(left.type)) giveUp();
    adopt(left, 'left');
    return made('assignment_expression', field, [left, this.take(operator, 'operator'), this.expression('right')]);
  }

  private conditional(field: string | null): CNode {
    const condition = this.binary(0, field);
    if (this.code() !== CODE.question) return condition;
    const children = [adopt(condition, 'condition'), this.take('?', null)];
    if (this.code() !== CODE.colon) children.push(this.commaExpression('consequence'));
    children.push(this.expect(CODE.colon, ':'), this.conditional('alternative'));
    return made('conditional_expression', field, children);
  }

  private binary(least: number, field: string | null): CNode {
    let left = this.unary(field);
    for (;;) {
      const operator = BINARY.get(this.code());
      if (operator === undefined || operator.precedence < least) return left;
      adopt(left, 'left');
      const sign = this.take(operator.spelling, 'operator');
      left = made('binary_expression', field, [left, sign, this.binary(operator.precedence + 1, 'right')]);
    }
  }

  private unary(field: string | null): CNode {
    const code = this.code();
    if (code === CODE.open) return this.parenthesized(field);
    const operator = UNARY.get(code);
    if (operator !== undefined) {
      if ((code === CODE.minus || code === CODE.plus) && this.isSignedNumber()) return this.signedNumber(field);
      const sign = this.take(operator, 'operator');
      if (code === CODE.star || code === CODE.ampersand)
        return made('pointer_expression', field, [sign, this.unary('argument')]);
      return this.update(made('unary_expression', field, [sign, this.operand('argument')]), field);
    }
    if (code === CODE.increment || code === CODE.decrement) {
      const sign = this.take(code === CODE.increment ? '++' : '--', 'operator');
      return made('update_expression', field, [sign, this.unary('argument')]);
    }
    return this.postfix(this.primary(field), field);
  }

  /** To the grammar `!x++` is `(!x)++`. */
  private operand(field: string | null): CNode {
    const code = this.code();
    if (code === CODE.open || UNARY.has(code) || code === CODE.increment || code === CODE.decrement) {
      const node = this.unary(field);
      return code === CODE.open && node.type === 'update_expression' ? giveUp() : node;
    }
    return this.access(this.primary(field), field);
  }

  private update(node: CNode, field: string | null): CNode {
    const code = this.code();
    if (code !== CODE.increment && code !== CODE.decrement) return node;
    const operator = this.take(code === CODE.increment ? '++' : '--', 'operator');
    return made('update_expression', field, [adopt(node, 'argument'), operator]);
  }

  /** A cast, a compound literal, or an expression in parentheses. */
  private parenthesized(field: string | null): CNode {
    if (this.isTypeAt(1)) return this.typed(field);
    if (this.isName(1) && this.code(2) === CODE.close) {
      const code = this.code(3);
      const kind = this.kind(3);
      if (code === CODE.openBrace || code === CODE.not || code === CODE.complement) return this.typed(field);
      if (kind === TokenKind.Number || kind === TokenKind.String || kind === TokenKind.Char) return this.typed(field);
      if (kind === TokenKind.Identifier) return this.typed(field);
      if (UNDECIDED.has(code)) giveUp();
    }
    return this.postfix(this.inParentheses(field), field);
  }

  protected inParentheses(field: string | null): CNode {
    const open = this.expect(CODE.open, '(');
    const inner = this.code() === CODE.openBrace ? this.compound(null) : this.commaExpression(null);
    return made('parenthesized_expression', field, [open, inner, this.expect(CODE.close, ')')]);
  }

  private typed(field: string | null): CNode {
    const open = this.take('(');
    const type = this.typeDescriptor();
    const close = this.expect(CODE.close, ')');
    if (this.code() !== CODE.openBrace) return made('cast_expression', field, [open, type, close, this.unary('value')]);
    const literal = [open, type, close, this.initializerList('value')];
    return this.postfix(made('compound_literal_expression', field, literal), field);
  }

  private typeDescriptor(): CNode {
    const children = this.qualifiers();
    children.push(this.typeSpecifier(), ...this.qualifiers());
    const declarator = this.abstractPointer();
    if (declarator !== undefined) children.push(declarator);
    return made('type_descriptor', 'type', children);
  }

  private abstractPointer(): CNode | undefined {
    if (this.code() !== CODE.star) return undefined;
    const children = [this.take('*'), ...this.qualifiers()];
    const inner = this.abstractPointer();
    if (inner !== undefined) children.push(inner);
    return made('abstract_pointer_declarator', 'declarator', children);
  }

  protected qualifiers(): CNode[] {
    const found: CNode[] = [];
    while (this.kind() === TokenKind.Identifier && this.word() === Word.Qualifier)
      found.push(made('type_qualifier', null, [this.keyword()]));
    return found;
  }

  protected typeSpecifier(): CNode {
    if (this.kind() !== TokenKind.Identifier) giveUp();
    switch (this.word()) {
      case Word.Name:
        return this.take('type_identifier', 'type');
      case Word.Primitive: {
        const type = this.take('primitive_type', 'type');
        return this.kind() === TokenKind.Identifier && this.word() === Word.Sized ? giveUp() : type;
      }
      case Word.Sized:
        return this.sizedType();
      case Word.Tag: {
        const keyword = this.keyword();
        const name = this.name('type_identifier', 'name');
        if (this.code() === CODE.openBrace || this.code() === CODE.colon) giveUp();
        return made(`${keyword.type}_specifier`, 'type', [keyword, name]);
      }
      default:
        return giveUp();
    }
  }

  private sizedType(): CNode {
    const children: CNode[] = [];
    const takeSizes = (): void => {
      while (this.kind() === TokenKind.Identifier && this.word() === Word.Sized) children.push(this.keyword());
    };
    takeSizes();
    if (this.kind() === TokenKind.Identifier && this.word() === Word.Primitive) {
      children.push(this.take('primitive_type', 'type'));
      takeSizes();
    } else if (this.isName() && this.kind(1) === TokenKind.Identifier) giveUp();
    return made('sized_type_specifier', 'type', children);
  }

  private primary(field: string | null): CNode {
    switch (this.kind()) {
      case TokenKind.Number:
        return this.number(field);
      case TokenKind.Char:
        return this.literal('char_literal', field);
      case TokenKind.String:
        return this.strings(field);
      case TokenKind.Identifier:
        break;
      default:
        return giveUp();
    }
    switch (this.word()) {
      case Word.Name:
        return this.kind(1) === TokenKind.String ? this.strings(field) : this.take('identifier', field);
      case Word.Literal: {
        const spelling = this.spelling();
        return this.take(spelling === 'NULL' || spelling === 'nullptr' ? 'null' : spelling.toLowerCase(), field);
      }
      case Word.Sizeof:
        return this.sizeOf(field);
      case Word.Offsetof:
        return this.offsetOf(field);
      default:
        return giveUp();
    }
  }

  /** One string, or several with names between them that stand for strings. */
  private strings(field: string | null): CNode {
    const children: CNode[] = [];
    for (;;) {
      if (this.kind() === TokenKind.String) children.push(this.literal('string_literal', null));
      else if (this.isName()) children.push(this.take('identifier'));
      else break;
    }
    const [only] = children;
    return children.length === 1 && only !== undefined
      ? adopt(only, field)
      : made('concatenated_string', field, children);
  }

  private sizeOf(field: string | null): CNode {
    const keyword = this.keyword();
    if (this.code() === CODE.open && this.isTypeAt(1)) {
      const children = [keyword, this.take('('), this.typeDescriptor(), this.expect(CODE.close, ')')];
      const code = this.code();
      // What looks like the operand of a cast is one.
      if (code === CODE.openBrace || code === CODE.open || this.kind() !== TokenKind.Punctuator) giveUp();
      if ((code === CODE.minus || code === CODE.plus) && this.isSignedNumber()) giveUp();
      if (code === CODE.not || code === CODE.complement || code === CODE.increment || code === CODE.decrement) giveUp();
      return made('sizeof_expression', field, children);
    }
    if (this.code() === CODE.open && this.isName(1) && this.code(2) === CODE.close && UNDECIDED.has(this.code(3))) {
      const code = this.code(3);
      if (code === CODE.increment || code === CODE.decrement) giveUp();
      return made('sizeof_expression', field, [keyword, this.inParentheses('value')]);
    }
    return made('sizeof_expression', field, [keyword, this.unary('value')]);
  }

  private offsetOf(field: string | null): CNode {
    const children = [this.keyword(), this.expect(CODE.open, '('), this.typeDescriptor(), this.expect(CODE.comma, ',')];
    children.push(this.name('field_identifier', 'member'), this.expect(CODE.close, ')'));
    return made('offsetof_expression', field, children);
  }

  private postfix(start: CNode, field: string | null): CNode {
    const node = this.update(this.access(start, field), field);
    return node.type === 'update_expression' && ACCESS.has(this.code()) ? giveUp() : node;
  }

  /** Calls, elements and members of what `start` is. */
  private access(start: CNode, field: string | null): CNode {
    let node = start;
    for (;;) {
      switch (this.code()) {
        case CODE.open:
          adopt(node, 'function');
          node = made('call_expression', field, [node, this.argumentList()]);
          break;
        case CODE.openBracket: {
          const children = [adopt(node, 'argument'), this.take('['), this.expression('index')];
          children.push(this.expect(CODE.closeBracket, ']'));
          node = made('subscript_expression', field, children);
          break;
        }
        case CODE.dot:
        case CODE.arrow: {
          const operator = this.take(this.code() === CODE.dot ? '.' : '->', 'operator');
          const children = [adopt(node, 'argument'), operator, this.name('field_identifier', 'field')];
          node = made('field_expression', field, children);
          break;
        }
        default:
          return node;
      }
    }
  }

  private argumentList(): CNode {
    const children = [this.take('(')];
    if (this.code() !== CODE.close) {
      for (;;) {
        children.push(this.code() === CODE.openBrace ? this.compound(null) : this.expression(null));
        if (this.code() !== CODE.comma) break;
        children.push(this.take(','));
      }
    }
    children.push(this.expect(CODE.close, ')'));
    return made('argument_list', 'arguments', children);
  }

  protected initializer(field: string | null): CNode {
    return this.code() === CODE.openBrace ? this.initializerList(field) : this.expression(field);
  }

  protected initializerList(field: string | null): CNode {
    const children = [this.expect(CODE.openBrace, '{')];
    while (this.code() !== CODE.closeBrace) {
      const code = this.code();
      children.push(code === CODE.dot || code === CODE.openBracket ? this.initializerPair() : this.initializer(null));
      if (this.code() !== CODE.comma) break;
      children.push(this.take(','));
    }
    children.push(this.expect(CODE.closeBrace, '}'));
    return made('initializer_list', field, children);
  }

  private initializerPair(): CNode {
    const children: CNode[] = [];
    for (;;) {
      if (this.code() === CODE.dot)
        children.push(made('field_designator', 'designator', [this.take('.'), this.name('field_identifier', null)]));
      else if (this.code() === CODE.openBracket) children.push(this.subscriptDesignator());
      else break;
    }
    children.push(this.expect(CODE.assign, '='), this.initializer('value'));
    return made('initializer_pair', null, children);
  }

  private subscriptDesignator(): CNode {
    const open = this.take('[');
    const index = this.expression(null);
    if (this.code() !== CODE.ellipsis)
      return made('subscript_designator', 'designator', [open, index, this.expect(CODE.closeBracket, ']')]);
    const children = [open, adopt(index, 'start'), this.take('...'), this.expression('end')];
    children.push(this.expect(CODE.closeBracket, ']'));
    return made('subscript_range_designator', 'designator', children);
  }
}
