/// Matchers as the Alertmanager writes them.
/// - **Lives here:** the two parsers (UTF-8 and classic), how they agree, order and text.
/// - **May not live here:** routes, silences, or anything that is matched.
/// - **Threads:** all values are immutable.
/// - **Spec:** alertmanager `matcher/parse`, `pkg/labels`, `matcher/compat`.
@NullMarked
package io.trivigil.alertmanager.match;

import org.jspecify.annotations.NullMarked;
