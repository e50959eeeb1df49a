/// The command line: what `trivigil` can be told, and how it answers.
/// - **Lives here:** subcommands, the flags of Prometheus and Alertmanager, exit codes.
/// - **May not live here:** what a server does once it runs.
/// - **Threads:** one.
/// - **Spec:** kingpin's way with flags: `--flag=v`, `--flag v`, `--no-flag`, repeated flags.
@NullMarked
package io.trivigil.web.cli;

import org.jspecify.annotations.NullMarked;
