package io.trivigil.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Network namespaces that `deploy/chaos/run` has made: `PREFIX-n1` and so on, joined to a bridge
/// in the namespace that this process runs in. Packets are dropped by `iptables` where they arrive.
final class NamespaceNet implements Net {
  static final List<String> IDS = List.of("n1", "n2", "n3");
  private static final String SUBNET = "10.77.0.";

  private final String prefix;
  private final Map<String, Integer> losses = new HashMap<>();

  NamespaceNet(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public boolean links() {
    return true;
  }

  @Override
  public List<String> inside(String id, List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "-" + id));
    all.addAll(command);
    return all;
  }

  @Override
  public String host(String id) {
    return SUBNET + "1" + id.substring(1);
  }

  @Override
  public String world() {
    return SUBNET + "1";
  }

  @Override
  public void cut(String from, String to) throws IOException {
    run(to, "iptables", "-w", "-I", "INPUT", "-s", host(from), "-j", "DROP");
  }

  @Override
  public void join(String from, String to) throws IOException {
    run(to, "iptables", "-w", "-D", "INPUT", "-s", host(from), "-j", "DROP");
  }

  @Override
  public void isolate(String id) throws IOException {
    run(id, "iptables", "-w", "-I", "INPUT", "-i", "eth0", "-j", "DROP");
    run(id, "iptables", "-w", "-I", "OUTPUT", "-o", "eth0", "-j", "DROP");
  }

  @Override
  public void rejoin(String id) throws IOException {
    run(id, "iptables", "-w", "-D", "INPUT", "-i", "eth0", "-j", "DROP");
    run(id, "iptables", "-w", "-D", "OUTPUT", "-o", "eth0", "-j", "DROP");
  }

  @Override
  public synchronized void lose(String id, int percent) throws IOException {
    Integer before = losses.remove(id);
    if (before != null) {
      run(id, loss("-D", before));
    }
    if (percent > 0) {
      losses.put(id, percent);
      run(id, loss("-A", percent));
    }
  }

  private static String[] loss(String action, int percent) {
    return new String[] {
      "iptables",
      "-w",
      action,
      "INPUT",
      "-s",
      SUBNET + "8/29", // the nodes alone
      "-m",
      "statistic",
      "--mode",
      "random",
      "--probability",
      "%.2f".formatted(percent / 100.0),
      "-j",
      "DROP"
    };
  }

  @Override
  public void narrow(String id, int kbitPerSecond) throws IOException {
    if (kbitPerSecond == 0) {
      run(id, "tc", "qdisc", "del", "dev", "eth0", "root");
    } else {
      String rate = kbitPerSecond + "kbit";
      run(
          id,
          "tc qdisc replace dev eth0 root tbf burst 16kb latency 400ms rate".split(" "),
          new String[] {rate});
    }
  }

  private void run(String id, String[] first, String[] rest) throws IOException {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(rest));
    run(id, all.toArray(String[]::new));
  }

  private void run(String id, String... command) throws IOException {
    Process process =
        new ProcessBuilder(inside(id, List.of(command))).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("%s: %s".formatted(String.join(" ", command), said.strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    // The script that made the namespaces takes them away.
  }
}
