package io.trivigil.scraper.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.http.HttpConfig;
import io.trivigil.model.Names;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What Prometheus checks of `kubernetes_sd_configs`.
final class KubernetesCheck {
  /// Which objects the selectors of each role may select, in the order of the messages.
  private static final Map<String, List<String>> ROLES =
      Map.of(
          "pod", List.of("pod", "node"),
          "service", List.of("service"),
          "endpoints", List.of("pod", "service", "endpoints"),
          "endpointslice", List.of("pod", "service", "endpointslice"),
          "node", List.of("node"),
          "ingress", List.of("ingress"));

  private KubernetesCheck() {}

  static void check(YamlMap map, Path folder) {
    String role = map.string("role", "");
    if (!ROLES.containsKey(role)) {
      map.problem(
          "role",
          role.isEmpty()
              ? "role missing (one of: pod, service, endpoints, endpointslice, node, ingress)"
              : "unknown Kubernetes SD role " + Names.quote(role));
    }
    HttpConfig http = HttpConfig.read(map, folder);
    boolean server = !map.string("api_server", "").isEmpty();
    boolean kubeconfig = !map.string("kubeconfig_file", "").isEmpty();
    Optional<Boolean> own =
        map.object(
            "namespaces",
            "kubernetes.plain",
            fields -> {
              fields.strings("names");
              return fields.bool("own_namespace", false);
            });
    map.object(
        "attach_metadata",
        "kubernetes.AttachMetadataConfig",
        fields -> {
          fields.accept("namespace");
          return fields.bool("node", false);
        });
    boolean ownNamespace = own.orElse(false);
    if (kubeconfig && server) {
      map.problem("api_server", "cannot use 'kubeconfig_file' and 'api_server' simultaneously");
    }
    if (kubeconfig && !http.equals(HttpConfig.DEFAULT)) {
      map.problem(
          "kubeconfig_file",
          "cannot use a custom HTTP client configuration together with 'kubeconfig_file'");
    }
    if (!kubeconfig && !server && !http.equals(HttpConfig.DEFAULT)) {
      map.problem(
          "role",
          "to use custom HTTP client configuration please provide the 'api_server' URL explicitly");
    }
    if (server && ownNamespace) {
      map.problem(
          "namespaces", "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously");
    }
    if (kubeconfig && ownNamespace) {
      map.problem(
          "namespaces",
          "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously");
    }
    selectors(map, role);
  }

  private static void selectors(YamlMap map, String role) {
    Set<String> seen = new HashSet<>();
    List<String> allowed = ROLES.getOrDefault(role, List.of());
    map.list(
        "selectors",
        "kubernetes.SelectorConfig",
        selector -> {
          String of = selector.string("role", "");
          if (!seen.add(of)) {
            selector.problem("role", "duplicated selector role: " + of);
          }
          if (!allowed.contains(of)) {
            selector.problem(
                "role",
                "%s role supports only %s selectors".formatted(role, String.join(", ", allowed)));
          }
          selector.string("label", "");
          String field = selector.string("field", "");
          for (String term : field.isEmpty() ? new String[0] : field.split(",")) {
            if (!term.contains("=")) {
              selector.problem(
                  "field", "invalid selector: '%s'; can't understand '%s'".formatted(field, term));
            }
          }
          return of;
        });
  }
}
