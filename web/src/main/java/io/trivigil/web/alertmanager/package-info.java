/// Alertmanager's HTTP API, version 2: status, receivers, silences, alerts, groups.
/// - **Lives here:** reading and writing of its strict JSON shapes.
/// - **May not live here:** Micronaut, routing, grouping, and any decision about a notification.
/// - **Threads:** handlers run on virtual threads and keep nothing.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC; the API prints three decimals.
/// - **Spec:** `api/v2/openapi.yaml` of Alertmanager.
@NullMarked
package io.trivigil.web.alertmanager;

import org.jspecify.annotations.NullMarked;
