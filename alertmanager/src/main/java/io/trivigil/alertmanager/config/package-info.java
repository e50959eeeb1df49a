/// `alertmanager.yml`, read strictly.
/// - **Lives here:** reading the file with all its problems and places, and what it says: routes,
///   receivers, inhibition rules, time intervals.
/// - **May not live here:** doing any of it. Secrets in files are named here, not read.
/// - **Threads:** what is read is immutable.
/// - **Spec:** alertmanager `config/`.
@NullMarked
package io.trivigil.alertmanager.config;

import org.jspecify.annotations.NullMarked;
