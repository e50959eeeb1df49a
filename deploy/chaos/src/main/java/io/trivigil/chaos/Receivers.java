package io.trivigil.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.trivigil.lab.Http;
import io.trivigil.lab.Wait;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Those who are notified: a steady webhook, a shaky one (which refuses, is late, or never answers
/// now and then), and a mail server. Thread-safe: the monitor guards the dice.
final class Receivers implements AutoCloseable {
  private static final long HANG_MS = 15_000;

  private final HttpServer server;
  private final ServerSocket smtp;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final RandomGenerator random;
  private final Consumer<Delivery> out;
  private volatile boolean calm;

  Receivers(String host, int port, RandomGenerator random, Consumer<Delivery> out)
      throws IOException {
    this.random = random;
    this.out = out;
    server = HttpServer.create(new InetSocketAddress(host, port), 0);
    server.setExecutor(threads);
    server.createContext("/steady", exchange -> take(exchange, "steady", Delivery.Answer.TAKEN));
    server.createContext("/shaky", exchange -> take(exchange, "shaky", mood()));
    server.start();
    smtp = new ServerSocket(port + 1, 50, InetAddress.getByName(host));
    threads.execute(this::listen);
  }

  /// From now on nobody refuses.
  void calmDown() {
    calm = true;
  }

  private synchronized Delivery.Answer mood() {
    int die = random.nextInt(100);
    if (calm || die < 75) {
      return Delivery.Answer.TAKEN;
    }
    return die < 85
        ? Delivery.Answer.REFUSED
        : die < 95 ? Delivery.Answer.LATE : Delivery.Answer.HUNG;
  }

  private void take(HttpExchange exchange, String receiver, Delivery.Answer answer)
      throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    JsonNode notice = Http.parse(body);
    out.accept(
        new Delivery(
            receiver,
            notice.path("commonLabels").path("id").asText(),
            notice.path("status").asText().equals("firing"),
            String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key")),
            body.hashCode(),
            exchange.getRemoteAddress().getAddress().getHostAddress(),
            Wait.nowMs(),
            answer));
    switch (answer) {
      case TAKEN -> {}
      case LATE -> Wait.pause(1_500);
      case HUNG -> Wait.pause(HANG_MS);
      case REFUSED -> {
        exchange.sendResponseHeaders(500, -1);
        exchange.close();
        return;
      }
    }
    if (answer != Delivery.Answer.HUNG) {
      exchange.sendResponseHeaders(200, -1);
    }
    exchange.close();
  }

  private void listen() {
    while (!smtp.isClosed()) {
      try {
        Socket socket = smtp.accept();
        threads.execute(() -> mail(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /// Speaks as much SMTP as a sender without TLS and without a login needs.
  private void mail(Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        PrintWriter answer =
            new PrintWriter(socket.getOutputStream(), true, StandardCharsets.ISO_8859_1)) {
      socket.setSoTimeout(30_000);
      say(answer, "220 chaos");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("DATA")) {
          say(answer, "354 go on");
          if (!read(in, socket.getInetAddress().getHostAddress())) {
            return;
          }
        }
        say(answer, line.equals("QUIT") ? "221 bye" : "250 ok");
      }
    } catch (IOException gone) {
      // The sender died; what it had sent whole is counted.
    }
  }

  private static void say(PrintWriter answer, String line) {
    answer.print(line + "\r\n");
    answer.flush();
  }

  private boolean read(BufferedReader in, String sender) throws IOException {
    StringBuilder text = new StringBuilder();
    String key = "";
    String alarm = " ";
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(".")) {
        String[] words = (alarm + " -").split(" ");
        out.accept(
            new Delivery(
                "mail",
                words[0],
                words[1].equals("firing"),
                key,
                text.toString().hashCode(),
                sender,
                Wait.nowMs(),
                Delivery.Answer.TAKEN));
        return true;
      }
      text.append(line).append('\n');
      if (key.isEmpty() && line.regionMatches(true, 0, "Message-ID:", 0, 11)) {
        key = line.substring(11).strip();
      } else if (line.regionMatches(true, 0, "X-Alarm:", 0, 8)) {
        alarm = line.substring(8).strip();
      }
    }
    return false;
  }

  @Override
  public void close() {
    server.stop(0);
    try {
      smtp.close();
    } catch (IOException e) {
      // It is closed.
    }
    threads.shutdownNow();
  }
}
