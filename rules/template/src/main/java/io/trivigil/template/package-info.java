/// Go's template language: `text/template`, and `html/template` with its contextual escaping.
/// - **Lives here:** lexer, parser, executor and the built-in functions.
/// - **May not live here:** functions of one user (`humanize`, `toUpper`), which callers register;
///   monitoring.
/// - **Threads:** a [io.trivigil.template.TemplateSet] is immutable and may be used from any
///   thread.
/// - **Units:** limits count UTF-16 characters and executed nodes.
/// - **Spec:** Go's text/template and html/template, with the error texts of Go 1.24.
@NullMarked
package io.trivigil.template;

import org.jspecify.annotations.NullMarked;
