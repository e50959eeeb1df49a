/// `http_config`, as every configuration file writes it, and the HTTP client that is made from it.
/// - **Lives here:** the record read from YAML, secrets from files, TLS, OAuth 2, and one transport
///   over the JDK's client behind the port [HttpTransport].
/// - **May not live here:** what is fetched or sent: that belongs to the domains.
/// - **Threads:** configurations are immutable; a transport may be shared by all threads.
/// - **Units:** every length of time is a `Duration`; sizes are bytes.
/// - **Spec:** `http_config` of prometheus/common.
@NullMarked
package io.trivigil.config.http;

import org.jspecify.annotations.NullMarked;
