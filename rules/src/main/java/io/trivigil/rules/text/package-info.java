/// Expands the templates of labels and annotations of alerts.
/// - **Lives here:** the template functions of Prometheus, the variables of an alert.
/// - **May not live here:** the template language (see rules/template), evaluation.
/// - **Threads:** everything is immutable; an expansion belongs to its caller's thread.
@NullMarked
package io.trivigil.rules.text;

import org.jspecify.annotations.NullMarked;
