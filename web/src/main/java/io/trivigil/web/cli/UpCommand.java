package io.trivigil.web.cli;

import io.trivigil.web.up.LocalCluster;
import io.trivigil.web.up.Supervisor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trivigil up`: a local cluster in the foreground.
@Command(
    name = "trivigil up",
    mixinStandardHelpOptions = true,
    description = "Runs a local cluster, one process per node; Ctrl-C stops it.")
final class UpCommand implements Callable<Integer> {
  @Option(names = "--nodes", defaultValue = "3", description = "How many; default 3.")
  private int nodes;

  @Option(names = "--dir", defaultValue = "data", description = "Directory; default ./data.")
  private Path directory = Path.of("data");

  @Option(names = "--base-port", defaultValue = "9090", description = "HTTP port of n1.")
  private int basePort;

  @Option(names = "--config.file", description = "prometheus.yml; default: watches itself.")
  private @Nullable String configFile;

  @Option(names = "--alertmanager.config.file", description = "alertmanager.yml.")
  private @Nullable String alertmanagerFile;

  @Parameters(description = "Flags for each server, behind --.")
  private List<String> serverFlags = new ArrayList<>();

  @Override
  @SuppressWarnings("SystemOut") // a command line talks to its user
  public Integer call() throws Exception {
    LocalCluster cluster =
        new LocalCluster(
            nodes,
            directory.toAbsolutePath().normalize(),
            basePort,
            Optional.ofNullable(configFile).map(file -> Path.of(file).toAbsolutePath().toString()),
            Optional.ofNullable(alertmanagerFile)
                .map(file -> Path.of(file).toAbsolutePath().toString()),
            serverFlags);
    Supervisor supervisor = new Supervisor(cluster, launcher(), System::nanoTime, System.out);
    Runtime.getRuntime().addShutdownHook(new Thread(supervisor::stop, "stop"));
    supervisor.run();
    return 0;
  }

  /// The launcher that started us, or this very program without it.
  private static List<String> launcher() {
    String script = System.getProperty("trivigil.launcher", "");
    if (!script.isEmpty()) {
      return List.of(script);
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of(
        java,
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName());
  }
}
