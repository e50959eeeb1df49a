/// From text to expressions: lexer, recursive-descent parser, type checks.
/// - **Lives here:** tokens, the grammar, literals, the messages of parse errors.
/// - **May not live here:** evaluation.
/// - **Threads:** a parser is used once by one thread; what it returns is immutable.
/// - **Units:** positions are UTF-16 offsets; messages count UTF-8 bytes.
/// - **Spec:** Prometheus 3.x, `promql/parser`.
@NullMarked
package io.trivigil.promql.parse;

import org.jspecify.annotations.NullMarked;
