/**
 * Reads the bodies of functions into the nodes that the C grammar makes of them, without its parser. Most of a file is
 * function bodies, and most bodies are plain C; the grammar then reads only what stands between them. Only what has one
 * meaning to the grammar is read, in one pass over the tokens; anything else is left to it (a declarator in parentheses, a
 * name in parentheses before a minus). Where a body was read, the nodes are those of the grammar.
 */
import type { Tokens } from '../syntax/c-scanner.ts';
import { scanTokens, TokenKind } from '../syntax/c-scanner.ts';
import { ExpressionReader } from './c-body-expressions.ts';
import { adopt, CODE, GIVE_UP, giveUp, made, Word } from './c-body-tokens.ts';
import type { CNode } from './c-node.ts';

/** Bodies of one file, in order; those that are left to the grammar are not among them. `text` is in the spelling that the dialect pass made. */
export function readBodies(text: string): readonly CNode[] {
  const tokens = scanTokens(text);
  const bodies: CNode[] = [];
  for (let at = 1; at < tokens.count; at++) {
    if (tokens.code[at] !== CODE.openBrace) continue;
    const body = tokens.code[at - 1] === CODE.close ? bodyAt(tokens, at) : undefined;
    if (body !== undefined) bodies.push(body.node);
    at = body?.last ?? closingBrace(tokens, at);
  }
  return bodies;
}

/** Index of the brace that closes the one at `open`. */
function closingBrace(tokens: Tokens, open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.count; at++) {
    const code = tokens.code[at];
    if (code === CODE.openBrace) depth++;
    else if (code === CODE.closeBrace && --depth === 0) return at;
  }
  return tokens.count;
}

function bodyAt(tokens: Tokens, at: number): { readonly node: CNode; readonly last: number } | undefined {
  try {
    const reader = new StatementReader(tokens, at);
    const node = reader.compound('body');
    return { node, last: reader.position - 1 };
  } catch (error) {
    if (error === GIVE_UP || error instanceof RangeError) return undefined;
    throw error;
  }
}

class StatementReader extends ExpressionReader {
  compound(field: string | null): CNode {
    const children = [this.expect(CODE.openBrace, '{')];
    while (this.code() !== CODE.closeBrace) children.push(this.blockItem());
    children.push(this.take('}'));
    return made('compound_statement', field, children);
  }

  private blockItem(): CNode {
    return this.isDeclaration() ? this.declaration(null) : this.statement(null);
  }

  /** `foo bar`, `foo *bar` and what starts with a word that only types have. */
  private isDeclaration(): boolean {
    if (this.kind() !== TokenKind.Identifier) return false;
    const word = this.word();
    if (word !== Word.Name) return word >= Word.Primitive && word <= Word.Storage;
    if (this.kind(1) === TokenKind.Identifier) {
      const next = this.word(1);
      return next === Word.Name || next === Word.Qualifier;
    }
    let at = 1;
    while (
      this.code(at) === CODE.star ||
      (at > 1 && this.kind(at) === TokenKind.Identifier && this.word(at) === Word.Qualifier)
    )
      at++;
    if (at === 1) return false;
    if (!this.isName(at)) giveUp();
    const after = this.code(at + 1);
    return after === CODE.semicolon || after === CODE.assign || after === CODE.comma || after === CODE.openBracket
      ? true
      : giveUp();
  }

  private declaration(field: string | null): CNode {
    const children = this.modifiers();
    children.push(this.typeSpecifier(), ...this.modifiers());
    for (;;) {
      children.push(this.initDeclarator());
      if (this.code() !== CODE.comma) break;
      children.push(this.take(','));
    }
    children.push(this.expect(CODE.semicolon, ';'));
    return made('declaration', field, children);
  }

  private modifiers(): CNode[] {
    const found: CNode[] = [];
    while (this.kind() === TokenKind.Identifier) {
      const word = this.word();
      if (word !== Word.Qualifier && word !== Word.Storage) break;
      found.push(made(word === Word.Storage ? 'storage_class_specifier' : 'type_qualifier', null, [this.keyword()]));
    }
    return found;
  }

  private initDeclarator(): CNode {
    const declarator = this.declarator();
    if (this.code() !== CODE.assign) return declarator;
    return made('init_declarator', 'declarator', [declarator, this.take('='), this.initializer('value')]);
  }

  private declarator(): CNode {
    if (this.code() === CODE.star)
      return made('pointer_declarator', 'declarator', [this.take('*'), ...this.qualifiers(), this.declarator()]);
    let node = this.name('identifier', 'declarator');
    while (this.code() === CODE.openBracket) {
      const children = [node, this.take('[')];
      if (this.code() === CODE.star) giveUp();
      if (this.code() !== CODE.closeBracket) children.push(this.expression('size'));
      children.push(this.expect(CODE.closeBracket, ']'));
      node = made('array_declarator', 'declarator', children);
    }
    return node;
  }

  private statement(field: string | null): CNode {
    const code = this.code();
    if (code === CODE.openBrace) return this.compound(field);
    if (code === CODE.semicolon) return made('expression_statement', field, [this.take(';')]);
    if (this.kind() === TokenKind.Identifier) {
      const word = this.word();
      if (word === Word.Statement) return this.keywordStatement(field);
      if (word === Word.Name && this.code(1) === CODE.colon) {
        const children = [this.take('statement_identifier', 'label'), this.take(':')];
        children.push(this.blockItem());
        return made('labeled_statement', field, children);
      }
    }
    return made('expression_statement', field, [this.commaExpression(null), this.expect(CODE.semicolon, ';')]);
  }

  private keywordStatement(field: string | null): CNode {
    const keyword = this.keyword();
    switch (keyword.type) {
      case 'if': {
        const children = [keyword, this.inParentheses('condition'), this.statement('consequence')];
        if (this.kind() === TokenKind.Identifier && this.spelling() === 'else')
          children.push(made('else_clause', 'alternative', [this.keyword(), this.statement(null)]));
        return made('if_statement', field, children);
      }
      case 'while':
        return made('while_statement', field, [keyword, this.inParentheses('condition'), this.statement('body')]);
      case 'switch': {
        const condition = this.inParentheses('condition');
        return made('switch_statement', field, [keyword, condition, this.compound('body')]);
      }
      case 'do': {
        const children = [keyword, this.statement('body')];
        if (this.kind() !== TokenKind.Identifier || this.spelling() !== 'while') giveUp();
        children.push(this.keyword(), this.inParentheses('condition'), this.expect(CODE.semicolon, ';'));
        return made('do_statement', field, children);
      }
      case 'for':
        return this.forStatement(keyword, field);
      case 'case':
      case 'default':
        return this.caseStatement(keyword, field);
      case 'return':
        return made('return_statement', field, [keyword, ...this.upToSemicolon()]);
      case 'goto':
        return made('goto_statement', field, [
          keyword,
          this.name('statement_identifier', 'label'),
          this.expect(CODE.semicolon, ';'),
        ]);
      case 'break':
      case 'continue':
        return made(`${keyword.type}_statement`, field, [keyword, this.expect(CODE.semicolon, ';')]);
      default:
        return giveUp();
    }
  }

  private upToSemicolon(field: string | null = null): CNode[] {
    const found = this.code() === CODE.semicolon ? [] : [this.commaExpression(field)];
    found.push(this.expect(CODE.semicolon, ';'));
    return found;
  }

  private forStatement(keyword: CNode, field: string | null): CNode {
    const children = [keyword, this.expect(CODE.open, '(')];
    if (this.code() !== CODE.semicolon && this.isDeclaration()) children.push(this.declaration('initializer'));
    else children.push(...this.upToSemicolon('initializer'));
    children.push(...this.upToSemicolon('condition'));
    if (this.code() !== CODE.close) children.push(this.commaExpression('update'));
    children.push(this.expect(CODE.close, ')'), this.statement('body'));
    return made('for_statement', field, children);
  }

  /** What follows belongs to it, up to the next case. */
  private caseStatement(keyword: CNode, field: string | null): CNode {
    const children = [keyword];
    if (keyword.type === 'case') children.push(this.expression('value'));
    children.push(this.expect(CODE.colon, ':'));
    while (this.code() !== CODE.closeBrace) {
      if (this.kind() === TokenKind.Identifier && /^(?:case|default)$/.test(this.spelling())) break;
      children.push(adopt(this.blockItem(), null));
    }
    return made('case_statement', field, children);
  }
}
