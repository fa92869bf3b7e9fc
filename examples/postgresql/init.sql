CREATE TABLE answer (value integer NOT NULL);
INSERT INTO answer SELECT sum(n) FROM generate_series(1, 8) AS n;
