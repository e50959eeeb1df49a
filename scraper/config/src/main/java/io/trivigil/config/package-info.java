/// What all configuration files share: strict YAML with places, secrets, HTTP clients, versions.
/// - **Lives here:** the YAML reader that reports all problems at once, `http_config` and the
///   client made from it, and the replicated configuration versions.
/// - **May not live here:** the meaning of any one file: that belongs to its domain.
/// - **Threads:** what is read is immutable; a [Problems] belongs to the thread that reads.
/// - **Spec:** YAML 1.2, read with the strictness of Prometheus: unknown and repeated keys are
///   errors.
@NullMarked
package io.trivigil.config;

import org.jspecify.annotations.NullMarked;
