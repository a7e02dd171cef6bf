"""Names by country, of our own choosing: surnames, women's and men's given names.

`double` says that people carry two surnames; `patronymic` that a middle name from the father
is customary. The weight is a country's share of the synthetic people.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """The names of one country."""

    country: str
    weight: int
    surnames: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    double: bool = False
    patronymic: bool = False
    middle: bool = False


def _c(country: str, weight: int, surnames: str, women: str, men: str, **traits: bool) -> Culture:
    def parts(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split(","))

    return Culture(country, weight, parts(surnames), parts(women), parts(men), **traits)


CULTURES: tuple[Culture, ...] = (
    _c("MEX", 24, "Hernández, García, Martínez, López, González, Rodríguez, Pérez, Sánchez,"
       "Ramírez,"
       "Flores, Rivera, Gómez, Cruz, Morales, Reyes, Ortiz, Castillo, Guerrero, Ibarra, De la Cruz",
       "María, Guadalupe, Rosa, Leticia, Araceli, Yolanda, Verónica, Alejandra, Carmen, Lucía,"
       "María Elena, Ana Laura, Citlali, Beatriz",
       "José, Juan, Miguel, Carlos, Luis, Francisco, Jesús, Javier, Ricardo, Raúl, José Luis,"
       "Juan Carlos, Arturo, Emiliano", double=True),
    _c("SLV", 6, "Martínez, Hernández, Portillo, Menjívar, Alvarado, Guzmán, Rivas, Orellana,"
       "Cañas,"
       "Umaña, Zelaya, Lemus", "Sonia, Marisol, Ana, Blanca, Karla, Reina, Iris, Mirna, Delmy",
       "Óscar, Walter, Mauricio, Nelson, Wilfredo, Élmer, Saúl, Rigoberto, Josué", double=True),
    _c("GTM", 4, "Ajú, Tzoc, Morales, Xicará, López, Coc, Barrios, Cifuentes, Choc, Estrada, Yat",
       "Marta, Petrona, Juana, Elvira, Ixchel, Dominga, Floridalma, Gloria",
       "Mateo, Domingo, Santos, Pascual, Diego, Byron, Otto, Rolando", double=True),
    _c("CUB", 8, "Valdés, Pérez, Rodríguez, Acosta, Cabrera, Fonseca, Leyva, Labrada, Hidalgo,"
       "Batista, Pupo, Aguilera", "Yanet, Yusimí, Marisleysis, Dayana, Odalys, Mileidy, Caridad",
       "Yoel, Osmany, Lázaro, Yunior, Reinier, Alexis, Ernesto, Dariel", double=True),
    _c("DOM", 5, "Peña, Rosario, De los Santos, Polanco, Ventura, Mejía, Almonte, Féliz, Tavárez,"
       "Encarnación, Matos", "Altagracia, Yahaira, Milagros, Wendy, Rafaela, Mayra, Yokasta",
       "Rafael, Ramón, Wilkin, Starlin, Leonardo, Domingo, Franklin, Juan Pablo", double=True),
    _c("VEN", 4, "Colmenares, Rondón, Urdaneta, Briceño, Contreras, Landaeta, Chacín, Parra,"
       "Quintero, Salazar", "Yelitza, Mariángel, Gabriela, Daniela, Nohemí, Oriana, Andreína",
       "Wilmer, Jhonny, Gustavo, Leopoldo, Simón, Edgar, Yorman", double=True),
    _c("HTI", 5, "Jean-Baptiste, Pierre, Joseph, Charles, Saint-Louis, Desrosiers, Toussaint,"
       "Beauvoir, Fils-Aimé, Dorvil, Lafontant", "Marie, Rose-Marie, Guerda, Islande, Fabiola,"
       "Mirlande, Nadège, Wideline", "Jean, Emmanuel, Wilner, Frantz, Dieudonné, Jocelyn, Evens,"
       "Jean-Robert", middle=True),
    _c("BRA", 4, "Silva, dos Santos, Oliveira, Souza, Lima, Pereira, Ferreira, Alves, da Costa,"
       "Ribeiro, Araújo, Gonçalves", "Ana Paula, Juliana, Fernanda, Luciana, Patrícia, Camila,"
       "Márcia, Letícia", "João, Paulo, Thiago, Marcelo, Antônio, Luís Fernando, Rodrigo, Caio",
       double=True),
    _c("IND", 16, "Patel, Sharma, Singh, Kumar, Reddy, Iyer, Nair, Gupta, Mehta, Desai, Chatterjee,"
       "Rao, Joshi, Banerjee, Pillai, Kaur", "Priya, Anjali, Lakshmi, Sunita, Deepika, Kavya, Neha,"
       "Meera, Shreya, Divya, Harpreet", "Rahul, Amit, Sanjay, Vikram, Arjun, Rajesh, Suresh, Anil,"
       "Karthik, Manoj, Gurpreet, Nikhil"),
    _c("PAK", 4, "Khan, Ahmed, Malik, Qureshi, Butt, Chaudhry, Sheikh, Siddiqui, Bhatti, Mirza",
       "Ayesha, Fatima, Sana, Zainab, Nadia, Saima, Rabia", "Muhammad, Imran, Bilal, Usman, Tariq,"
       "Faisal, Kamran, Asad", middle=True),
    _c("CHN", 12, "Wang, Li, Zhang, Liu, Chen, Yang, Huang, Zhao, Wu, Zhou, Xu, Sun, Ma, Zhu, Lin,"
       "Guo, He, Luo", "Xiaoyan, Mei, Jing, Lihua, Yuting, Xinyi, Fang, Yan, Qian, Hong, Ruoxi",
       "Wei, Jun, Lei, Haoran, Qiang, Ming, Zhiqiang, Yichen, Bo, Jianguo, Tao, Xiaoming"),
    _c("VNM", 6, "Nguyễn, Trần, Lê, Phạm, Hoàng, Phan, Vũ, Đặng, Bùi, Đỗ, Ngô",
       "Thị Lan, Thị Hoa, Ngọc Anh, Thu Hà, Mai, Phương, Kim Chi, Bích Ngọc",
       "Văn Hùng, Minh Tuấn, Quốc Bảo, Đức Anh, Hữu Phước, Thành, Công Danh, Trung Kiên"),
    _c("PHL", 8, "Santos, Reyes, Cruz, Bautista, Ocampo, Garcia, Mendoza, Torres, Dela Cruz,"
       "Villanueva, Pangilinan, Macaraeg, Dimaculangan", "Maria Cristina, Jocelyn, Rowena, Marites,"
       "Liezel, Mary Grace, Analyn, Imelda", "Jose, Rodel, Ferdinand, Jun, Mark Anthony, Arnel,"
       "Reynaldo, Danilo", middle=True),
    _c("KOR", 4, "Kim, Lee, Park, Choi, Jung, Kang, Cho, Yoon, Jang, Lim, Han",
       "Ji-woo, Seo-yeon, Min-ji, Eun-young, Hye-jin, Soo-jin, Yu-na, Mi-kyung",
       "Min-jun, Ji-hoon, Sung-ho, Dong-hyun, Jae-won, Young-soo, Tae-yang, Hyun-woo"),
    _c("UKR", 5, "Shevchenko, Kovalenko, Bondarenko, Tkachenko, Kravchuk, Oliinyk, Lysenko,"
       "Savchuk,"
       "Hrytsenko, Moroz", "Olena, Oksana, Iryna, Nataliia, Yuliia, Tetiana, Kateryna, Solomiia",
       "Oleksandr, Andrii, Serhii, Volodymyr, Dmytro, Taras, Yurii, Bohdan", patronymic=True),
    _c("RUS", 3, "Ivanov, Smirnov, Kuznetsov, Popov, Sokolov, Volkov, Zaytsev, Pavlov, Yegorov",
       "Anna, Elena, Svetlana, Tatyana, Ekaterina, Lyudmila", "Aleksey, Ivan, Mikhail, Sergey,"
       "Nikolay, Pavel, Grigoriy", patronymic=True),
    _c("ETH", 4, "Tesfaye, Bekele, Haile, Gebremariam, Alemu, Wolde, Kebede, Tadesse, Desta",
       "Hirut, Tigist, Selam, Meseret, Almaz, Bethlehem", "Dawit, Yonas, Abebe, Getachew, Solomon,"
       "Kidane, Mulugeta"),
    _c("NGA", 5, "Okafor, Adeyemi, Okonkwo, Balogun, Eze, Abubakar, Ogunleye, Nwosu, Danjuma, Etim",
       "Chioma, Ngozi, Funmilayo, Aisha, Blessing, Ifeoma, Yetunde",
       "Chinedu, Oluwaseun, Emeka, Tunde, Ibrahim, Babatunde, Kelechi", middle=True),
    _c("SOM", 3, "Abdi, Mohamed, Hassan, Warsame, Farah, Jama, Yusuf, Nur, Ali",
       "Hodan, Amina, Faduma, Sahra, Ifrah, Halima", "Abdirahman, Mohamed, Omar, Liban, Ahmed,"
       "Guled", middle=True),
    _c("SYR", 3, "Al-Khatib, Haddad, Al-Masri, Khoury, Darwish, Shami, Al-Ahmad, Qabbani, Najjar",
       "Rania, Hala, Noor, Lina, Samar, Yasmin", "Omar, Khaled, Samir, Bashar, Nizar, Anas, Tarek"),
    _c("AFG", 5, "Ahmadi, Rahimi, Karimi, Noori, Hakimi, Sharifi, Amiri, Stanekzai, Zazai, Popal",
       "Maryam, Zahra, Shabnam, Freshta, Nargis, Laila", "Najibullah, Ahmad Shah, Abdul Wahid,"
       "Farid, Zabihullah, Hamid, Mohammad Nasir"),
    _c("IRN", 3, "Hosseini, Mohammadi, Rezaei, Ahmadi, Tehrani, Farahani, Moradi, Shirazi, Kazemi",
       "Shirin, Parisa, Niloufar, Leila, Maryam, Azadeh", "Reza, Ali, Hossein, Behzad, Kourosh,"
       "Mehdi, Babak"),
    _c("POL", 2, "Kowalski, Nowak, Wiśniewski, Zieliński, Szymański, Dąbrowski, Mazur, Krawczyk",
       "Agnieszka, Katarzyna, Małgorzata, Joanna, Ewa", "Piotr, Krzysztof, Andrzej, Tomasz,"
       "Łukasz, Paweł", middle=True),
    _c("GBR", 3, "Smith, Jones, Williams, O'Connor, Taylor, Evans, Thomas, Clarke, MacDonald",
       "Emily, Charlotte, Sophie, Fiona, Bronwyn, Hannah", "James, Oliver, Angus, Rhys, Edward,"
       "Callum", middle=True),
    _c("FSM", 1, "Ehsa, Mori, Falcam, Nena, Haglelgam, Killion", "Merlihna, Rosa, Kimie, Sepe",
       "Manny, Yosiwo, Peter, Jesse"),
    _c("MHL", 1, "Kabua, Loeak, Heine, Zackios, Jetnil, deBrum", "Hilda, Kathy, Jina, Lijon",
       "Amata, Litokwa, Kessai, Tony"),
    _c("MMR", 2, "Aung Kyaw Zin, Su Su Hlaing, Zaw Min Tun, Thida Khaing, Nay Lin Oo, Khin Mar Aye",
       "FNU", "FNU"),
)  # fmt: skip
