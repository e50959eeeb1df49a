/// The acceptance of the product: real processes, real exporters, real kills, and an account of
/// what came of it.
/// - **Lives here:** the laboratory, the scenarios and their report.
/// - **May not live here:** anything of the product: it is used as a user would, by its launcher
///   and its HTTP API.
/// - **Threads:** one thread runs the scenarios; sinks answer on threads of their own.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.acceptance;

import org.jspecify.annotations.NullMarked;
