/// HTTP without a server: what a request, an answer and a route are, and how Prometheus reads
/// parameters.
/// - **Lives here:** [io.trivigil.web.http.Request], [io.trivigil.web.http.Answer],
///   [io.trivigil.web.http.Router], parameters, the API's errors.
/// - **May not live here:** Micronaut, and what any single address means.
/// - **Threads:** requests and answers are immutable; a router is filled first and only read then.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC, or a length of time where it says so.
/// - **Spec:** Prometheus HTTP API v1.
@NullMarked
package io.trivigil.web.http;

import org.jspecify.annotations.NullMarked;
