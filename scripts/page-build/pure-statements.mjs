import ts from 'typescript';

/**
 * A module whose constants and classes each go where nothing uses them. Bundlers drop a module that nothing is used of;
 * within one they keep what is made by a call, or by a static block, unless told that it may go.
 */
export function pureStatements(code) {
  const source = ts.createSourceFile('module.js', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const edits = source.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(ofDeclaration);
    return ts.isClassDeclaration(statement) ? ofClass(statement) : [];
  });
  let pure = code;
  for (const { start, end, text } of edits.sort((a, b) => b.start - a.start)) {
    pure = pure.slice(0, start) + text + pure.slice(end);
  }
  return pure;
}

function ofDeclaration({ name, initializer }) {
  if (initializer === undefined || !ts.isIdentifier(name) || !mayHaveEffects(initializer)) return [];
  const [start, end] = [initializer.getStart(), initializer.getEnd()];
  const text = initializer.getText();
  return [{ start, end, text: `/* @__PURE__ */ (() => (${text}))()` }];
}

/** A class with static blocks or fields. */
function ofClass(statement) {
  if (!statement.members.some(isStatic)) return [];
  const [start, end] = [statement.getStart(), statement.getEnd()];
  const name = statement.name.text;
  return [
    {
      start,
      end,
      text: `const ${name} = /* @__PURE__ */ (() => {\n${statement.getText()}\nreturn ${name};\n})();`,
    },
  ];
}

function isStatic(member) {
  if (ts.isClassStaticBlockDeclaration(member)) return true;
  return (
    ts.isPropertyDeclaration(member) &&
    !!member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword)
  );
}

/** Whether making the value calls or reads anything. */
function mayHaveEffects(node) {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isClassExpression(node)) return node.members.some(isStatic);
  const calls =
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node) ||
    ts.isTaggedTemplateExpression(node);
  return calls || !!ts.forEachChild(node, (child) => mayHaveEffects(child) || undefined);
}
