/// What the API shows of rules and alerts, made from configuration and replicated state.
/// - **Lives here:** immutable views.
/// - **May not live here:** JSON, HTTP.
/// - **Threads:** callable from any thread, on every node.
@NullMarked
package io.trivigil.rules.view;

import org.jspecify.annotations.NullMarked;
