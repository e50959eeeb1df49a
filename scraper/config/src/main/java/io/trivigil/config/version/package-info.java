/// Configuration versions: what the whole cluster runs with, kept in the log.
/// - **Lives here:** the bundle of everything that was read for one version, its sealing, and the
///   deterministic machine that keeps the versions and the settings of the cluster.
/// - **May not live here:** the meaning of a configuration file.
/// - **Threads:** [ConfigMachine#apply] is called by one thread; its view may be read from any.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.config.version;

import org.jspecify.annotations.NullMarked;
