package io.trivigil.web.up;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What a local cluster is made of: directories, ports and the command lines of its nodes.
///
/// @param nodes how many; node k is `nk`
/// @param directory where each node has a directory of its own
/// @param basePort the HTTP port of n1; n2 has 100 more, and so on
/// @param configFile Prometheus's file; empty for the built-in one
/// @param alertmanagerFile Alertmanager's file; empty for the built-in one, or for none
/// @param serverFlags further flags for each node
public record LocalCluster(
    int nodes,
    Path directory,
    int basePort,
    Optional<String> configFile,
    Optional<String> alertmanagerFile,
    List<String> serverFlags) {
  private static final String HOST = "127.0.0.1";
  private static final int PORT_STEP = 100;
  private static final int LOG_PORT_OFFSET = 5;
  private static final List<String> BUILT_IN =
      List.of("prometheus.yml", "host.rules.yml", "alertmanager.yml");

  public LocalCluster {
    serverFlags = List.copyOf(serverFlags);
    if (nodes < 1 || nodes > 9) {
      throw new IllegalArgumentException("a local cluster has 1 to 9 nodes: nodes=" + nodes);
    }
    if (basePort < 1 || basePort + nodes * PORT_STEP > 65_535) {
      throw new IllegalArgumentException("ports do not fit: base_port=" + basePort);
    }
  }

  /// The ids, in order.
  List<String> ids() {
    return IntStream.rangeClosed(1, nodes).mapToObj(k -> "n" + k).toList();
  }

  private int httpPort(String id) {
    return basePort + PORT_STEP * (Integer.parseInt(id.substring(1)) - 1);
  }

  String url(String id) {
    return "http://%s:%d".formatted(HOST, httpPort(id));
  }

  Path nodeDirectory(String id) {
    return directory.resolve(id);
  }

  /// The flags of `trivigil server` for a node.
  List<String> flags(String id) {
    List<String> flags = new ArrayList<>();
    flags.add("--config.file=" + configFile.orElse(builtIn("prometheus.yml").toString()));
    if (alertmanagerFile.isPresent()) {
      flags.add("--alertmanager.config.file=" + alertmanagerFile.get());
    } else if (configFile.isEmpty()) {
      flags.add("--alertmanager.config.file=" + builtIn("alertmanager.yml"));
    }
    flags.add("--storage.tsdb.path=" + nodeDirectory(id).resolve("data"));
    flags.add("--web.listen-address=0.0.0.0:" + httpPort(id));
    flags.add("--cluster.node-id=" + id);
    flags.add(
        "--cluster.peers="
            + ids().stream()
                .map(peer -> "%s=%s:%d".formatted(peer, HOST, httpPort(peer) + LOG_PORT_OFFSET))
                .collect(Collectors.joining(",")));
    flags.add(
        "--cluster.urls="
            + ids().stream().map(peer -> peer + "=" + url(peer)).collect(Collectors.joining(",")));
    if (configFile.isEmpty()) {
      flags.add("--rules.builtin");
    }
    flags.add("--web.enable-lifecycle");
    flags.add("--web.enable-remote-write-receiver");
    flags.addAll(serverFlags);
    return flags;
  }

  private Path builtIn(String name) {
    return directory.resolve("etc").resolve(name);
  }

  /// Writes the built-in configuration where there is none yet, so that it can be edited.
  void prepare() throws IOException {
    for (String id : ids()) {
      Files.createDirectories(nodeDirectory(id).resolve("data"));
    }
    if (configFile.isPresent()) {
      return;
    }
    Files.createDirectories(directory.resolve("etc"));
    for (String name : BUILT_IN) {
      if (!Files.exists(builtIn(name))) {
        Files.writeString(builtIn(name), text(name));
      }
    }
  }

  private String text(String name) throws IOException {
    try (InputStream in = LocalCluster.class.getResourceAsStream("/defaults/" + name)) {
      if (in == null) {
        throw new IOException("the program lacks its default file " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("${FIRST}", "%s:%d".formatted(HOST, basePort));
    }
  }
}
