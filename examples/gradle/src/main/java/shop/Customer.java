package shop;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Asks the shop, whose address is the argument, whether it is open. */
public final class Customer {
    private Customer() {}

    public static void main(String[] args) throws Exception {
        String answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(args[0])).build(), BodyHandlers.ofString())
                .body();
        if (!answer.equals("open")) {
            throw new IllegalStateException("the shop says: " + answer);
        }
        System.out.println("the shop is open");
    }
}
