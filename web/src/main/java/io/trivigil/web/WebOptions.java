package io.trivigil.web;

import java.time.Duration;
import java.util.Map;

/// How HTTP behaves.
///
/// @param externalUrl under which users reach this cluster, without a slash at its end
/// @param routePrefix what all paths begin with: empty, or `/prom` without a slash at the end
/// @param pageTitle the title of the pages
/// @param lifecycle whether reload and quit are allowed over HTTP
/// @param adminApi whether administration is allowed over HTTP
/// @param remoteWrite whether samples are taken at `/api/v1/write`
/// @param queryConcurrency queries that run or wait at one time; default 20
/// @param queryMemoryBytes memory that queries may hold together, and one of them half of that
/// @param retention how long samples are kept, as `runtimeinfo` shows it
/// @param flags every flag with its value, as `status/flags` shows it
/// @param startMs when this process started, epoch ms
/// @param clusterName the cluster's name
public record WebOptions(
    String externalUrl,
    String routePrefix,
    String pageTitle,
    boolean lifecycle,
    boolean adminApi,
    boolean remoteWrite,
    int queryConcurrency,
    long queryMemoryBytes,
    Duration retention,
    Map<String, String> flags,
    long startMs,
    String clusterName) {
  public WebOptions {
    flags = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(flags));
    if (queryConcurrency <= 0) {
      throw new IllegalArgumentException(
          "query concurrency must be above 0: query_concurrency=" + queryConcurrency);
    }
  }
}
