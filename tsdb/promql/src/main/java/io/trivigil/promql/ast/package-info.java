/// The expression tree of PromQL: immutable records with positions and types.
/// - **Lives here:** nodes, operators, function signatures, the printer.
/// - **May not live here:** parsing, evaluation.
/// - **Threads:** everything is immutable.
/// - **Units:** positions are UTF-16 offsets into the query; what is shown counts UTF-8 bytes.
@NullMarked
package io.trivigil.promql.ast;

import org.jspecify.annotations.NullMarked;
