package io.trivigil.acceptance;

import io.trivigil.lab.Child;
import io.trivigil.lab.Http;
import io.trivigil.lab.Stalls;
import io.trivigil.lab.Wait;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What is watched and what is notified: exporters, databases, an SMTP server, a webhook sink.
final class Lab implements AutoCloseable {
  /// The operator's rules page a disk with less than 15 % free, and how full the disk of the
  /// machine is that this runs on is none of the pair's business: of its mounts only /dev/shm is
  /// shown.
  private static final String ONLY_SHARED_MEMORY =
      "--collector.filesystem.mount-points-exclude="
          + "^/($|[^d]|d[^e]|de[^v]|dev($|[^/]|/$|/[^s]|/s[^h]))";

  private static final int LAST_PORT = 32_000;
  private static int nextPort = 30_000; // by the scenario's thread

  private final Path directory;
  private final List<Child> children = new ArrayList<>();
  private final WebhookSink webhook = new WebhookSink();
  private final Stalls stalls = new Stalls();
  private final MailBox mailBox;
  private final PairFiles.Ports ports;
  private final Child mysqlExporter;
  private final Child redisExporter;

  Lab(Path directory, Path here) throws IOException {
    this.directory = directory;
    this.mailBox = new MailBox(Files.createDirectories(directory.resolve("mail")));
    int[] free = freePorts(6);
    int mariadb = free[4];
    int redis = free[5];
    ports = new PairFiles.Ports(free[0], free[1], free[2], webhook.port(), webhook.port(), free[3]);
    startMariadb(mariadb);
    start(
        "redis",
        "redis-server",
        "--port",
        "" + redis,
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        directory.toString());
    start(
        "node_exporter",
        "prometheus-node-exporter",
        ONLY_SHARED_MEMORY,
        "--web.listen-address=127.0.0.1:" + ports.node());
    redisExporter =
        new Child(
            "redis_exporter",
            log("redis_exporter"),
            Map.of(),
            List.of(
                "prometheus-redis-exporter",
                "-redis.addr=redis://127.0.0.1:" + redis,
                "-web.listen-address=127.0.0.1:" + ports.redis()));
    children.add(redisExporter);
    redisExporter.start();
    mysqlExporter =
        new Child(
            "mysqld_exporter",
            log("mysqld_exporter"),
            Map.of("DATA_SOURCE_NAME", "root@(127.0.0.1:%d)/".formatted(mariadb)),
            List.of(
                "prometheus-mysqld-exporter", "--web.listen-address=127.0.0.1:" + ports.mysql()));
    children.add(mysqlExporter);
    mysqlExporter.start();
    startSmtp(here);
    for (int port : new int[] {ports.node(), ports.mysql(), ports.redis()}) {
      if (!Wait.until(
          Duration.ofSeconds(30),
          () ->
              Http.get("http://127.0.0.1:" + port + "/metrics", Duration.ofSeconds(5)).status()
                  == 200)) {
        throw new IOException("exporter does not answer: port=" + port);
      }
    }
  }

  PairFiles.Ports ports() {
    return ports;
  }

  WebhookSink webhook() {
    return webhook;
  }

  MailBox mailBox() {
    return mailBox;
  }

  /// What the machine does for others, which no limit counts once it is started.
  Stalls stalls() {
    return stalls;
  }

  /// The victim beside the monitor: `server="master"` goes down with it.
  Child mysqlExporter() {
    return mysqlExporter;
  }

  /// A second victim on the same server.
  Child redisExporter() {
    return redisExporter;
  }

  private void startMariadb(int port) throws IOException {
    Path data = directory.resolve("mariadb");
    Child install =
        new Child(
            "mariadb-install-db",
            log("mariadb-install"),
            Map.of(),
            List.of(
                "mariadb-install-db",
                "--no-defaults",
                "--datadir=" + data,
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--user=" + System.getProperty("user.name")));
    install.start();
    if (!install.await(120) || install.exitCode() != 0) {
      throw new IOException("mariadb-install-db failed: see " + install.log());
    }
    start(
        "mariadb",
        "mariadbd",
        "--no-defaults",
        "--datadir=" + data,
        "--port=" + port,
        "--bind-address=127.0.0.1",
        "--socket=" + directory.resolve("mariadb.sock"),
        "--user=" + System.getProperty("user.name"),
        "--innodb-buffer-pool-size=32M");
  }

  private void startSmtp(Path here) throws IOException {
    Path certificate = directory.resolve("smtp.crt");
    Path key = directory.resolve("smtp.key");
    Child openssl =
        new Child(
            "openssl",
            log("openssl"),
            Map.of(),
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=127.0.0.1",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()));
    openssl.start();
    if (!openssl.await(30) || openssl.exitCode() != 0) {
      throw new IOException("openssl failed: see " + openssl.log());
    }
    start(
        "smtp",
        "/usr/bin/python3",
        here.resolve("smtp_sink.py").toString(),
        "" + ports.smtp(),
        mailBox.directory().toString(),
        certificate.toString(),
        key.toString(),
        "your-email@qq.com",
        "your-smtp-password");
  }

  private void start(String name, String... command) throws IOException {
    Child child = new Child(name, log(name), Map.of(), List.of(command));
    children.add(child);
    child.start();
  }

  private Path log(String name) {
    return directory.resolve(name + ".log");
  }

  /// Ports that were free a moment ago, no two calls the same. They are below those that the system
  /// gives to whoever connects, or a connection could have one while its owner is dead.
  static int[] freePorts(int count) throws IOException {
    int[] found = new int[count];
    for (int i = 0; i < count; ) {
      if (nextPort == LAST_PORT) {
        throw new IOException("no port is free: to=" + LAST_PORT);
      }
      try (ServerSocket socket =
          new ServerSocket(nextPort++, 1, InetAddress.getLoopbackAddress())) {
        found[i++] = socket.getLocalPort();
      } catch (BindException taken) {
        // The next.
      }
    }
    return found;
  }

  @Override
  public void close() {
    children.reversed().forEach(Child::stop);
    webhook.close();
    stalls.close();
  }
}
