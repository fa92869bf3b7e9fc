CREATE TABLE orders (article text NOT NULL, pieces integer NOT NULL);
INSERT INTO orders VALUES ('anchor', 30), ('buoy', 6);
