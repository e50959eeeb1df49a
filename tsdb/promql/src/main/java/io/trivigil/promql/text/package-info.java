/// Go's literals: strings whose escapes name bytes, numbers with base prefixes.
/// - **Lives here:** what PromQL and its test scripts share about literals.
/// - **May not live here:** the grammar.
/// - **Threads:** nothing here has state.
@NullMarked
package io.trivigil.promql.text;

import org.jspecify.annotations.NullMarked;
